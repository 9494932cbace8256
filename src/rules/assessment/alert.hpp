// The states of an alert, as in Prometheus.
#pragma once
#include "rules/language/ruleset.hpp"

namespace csagg {

enum class AlertState : Byte { inactive, pending, firing };

/// Told of the condition at every instant at which it changes and at every deadline.
class AlertMachine {
public:
    AlertMachine() = default;
    AlertMachine(AlertState state, Instant deadline) : state_(state), deadline_(deadline) {}

    AlertState state() const { return state_; }
    /// When the state changes by itself; infinity if it does not.
    Instant deadline() const { return deadline_; }

    /// The customer is not there: no alert, and nothing to resolve.
    void reset() { *this = AlertMachine(); }

    void step(const RuleSet::Alert& alert, bool condition, Instant now) {
        if (!condition && state_ != AlertState::firing) return reset();
        switch (state_) {
            case AlertState::inactive:
                deadline_ = alert.has_hold ? alert.hold.exit_of(now) : now;
                state_ = AlertState::pending;
                [[fallthrough]];
            case AlertState::pending:
                if (now >= deadline_) fire();
                return;
            case AlertState::firing:
                if (condition) {
                    fire();
                    return;
                }
                if (deadline_ == plus_infinity) deadline_ = alert.has_keep ? alert.keep.exit_of(now) : now;
                if (now >= deadline_) reset();
                return;
        }
    }

private:
    void fire() {
        state_ = AlertState::firing;
        deadline_ = plus_infinity;
    }

    AlertState state_ = AlertState::inactive;
    Instant deadline_ = plus_infinity;
};

}  // namespace csagg
