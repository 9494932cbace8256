// Rows of many customers, as they come, and of each customer the history of its rows. A row is written to the end of
// one log, whoever's it is: a log for each customer would be a miss of the caches for each row.
#pragma once
#include "history/history_build.hpp"
#include "value/names.hpp"

namespace csagg {

class Gathering {
public:
    explicit Gathering(Arena& arena)
        : names_(arena, Names::Keep::copies),
          keys_(arena, Names::Keep::copies),
          kinds_(arena),
          customers_(arena),
          log_(arena),
          scratch_(arena) {}

    /// Whom the rows that follow are of; neither name has a zero byte.
    void set_customer(std::string_view tenant, std::string_view name);

    /// As of HistoryLog.
    void add(std::string_view key, FactKind kind, const Entry& entry, const std::string_view* actor = nullptr);

    struct Customer {
        std::string_view tenant, name;
        Instant first_at;                   // of the finite ones; plus_infinity: none is
        std::span<const std::size_t> rows;  // where they are
    };
    /// In the order in which they came. Valid until something is added.
    template <class F>
    void for_each(F f) {
        const Vector<std::size_t> places = sort_rows();
        std::size_t begin = 0;
        for (std::uint32_t i = 0; i < customers_.size(); ++i) {
            const auto [tenant, name] = names(i);
            f(Customer{tenant, name, customers_[i].first_at, {places.data() + begin, customers_[i].rows}});
            begin += customers_[i].rows;
        }
    }
    /// Into a log that has nothing else.
    void copy_rows(const Customer& customer, HistoryLog& log) const;

private:
    struct Rows {
        Instant first_at;
        std::size_t rows;
    };
    std::pair<std::string_view, std::string_view> names(std::uint32_t customer) const;
    Vector<std::size_t> sort_rows() const;
    void copy_row(std::size_t place, HistoryLog& log) const;

    Names names_;  // tenant, zero, name
    Names keys_;
    Vector<FactKind> kinds_;  // one a key
    Vector<Rows> customers_;
    Bytes log_;  // number of the customer (4), row as in a HistoryLog, its text
    String scratch_;
    std::uint32_t customer_ = 0;
};

}  // namespace csagg
