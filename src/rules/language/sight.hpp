// One instant, for a rule set that many customers are asked about: where each question looks then, and what day it is.
// Found once for all of them.
#pragma once
#include "rules/calendar/local_days.hpp"
#include "rules/language/question.hpp"

namespace csagg {

class Sight {
public:
    /// The days must outlive this.
    Sight(const LocalDays& days, Arena& arena) : ends_(arena), seen_(arena), days_(days) {}

    /// -infinity: none yet.
    Instant now() const { return now_; }
    void move_to(Instant now, const Nodes& nodes, std::span<const Question> questions);

    /// What a question looks at: (begin, end], or what is there at the end. Errors as Window's.
    struct Ends {
        Instant begin = minus_infinity, end = minus_infinity;
        bool has_begin = false, known = false;
    };
    const Ends& ends(std::uint32_t question, std::span<const Question> questions) {
        Ends& ends = ends_[question];
        if (!ends.known) ends = find_ends(questions[question], now_);
        return ends;
    }
    /// All questions together look at no event of a counter that is not in here, but for the last before it.
    Stretch stretch_of(std::size_t fact) const { return fact < seen_.size() ? seen_[fact] : Stretch{now_, now_}; }

    void prefetch() const {
        csagg::prefetch(ends_);
        csagg::prefetch(seen_);
    }

    std::int64_t today() const { return today_; }
    std::int64_t day_of(Instant at) { return days_.day_of(at); }

private:
    static Ends find_ends(const Question& question, Instant now);
    Stretch see(std::uint32_t number, const Node& node, const Question& question, Instant now);

    Instant now_ = minus_infinity;
    Vector<Ends> ends_;     // of each question
    Vector<Stretch> seen_;  // for each fact
    NearDays days_;
    std::int64_t today_ = 0;
};

}  // namespace csagg
