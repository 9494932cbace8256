#include "pipeline/folding/gather.hpp"

#include "base/interrupt.hpp"
#include "base/prefetch.hpp"
#include "history/history_log.hpp"

namespace csagg {

void Gathering::set_customer(std::string_view tenant, std::string_view name) {
    scratch_.assign(tenant);
    scratch_.push_back('\0');
    scratch_.append(name);
    customer_ = names_.number_of(scratch_);
    if (customer_ == customers_.size()) customers_.push_back({plus_infinity, 0});
}

std::pair<std::string_view, std::string_view> Gathering::names(std::uint32_t customer) const {
    const std::string_view both = names_[customer];
    const std::size_t end = both.find('\0');
    return {both.substr(0, end), both.substr(end + 1)};
}

void Gathering::add(std::string_view key, FactKind kind, const Entry& entry, const std::string_view* actor) {
    const std::uint32_t number = keys_.number_of(key);
    if (number == kinds_.size()) kinds_.push_back(kind);
    if (kinds_[number] != kind) throw_kinds_differ(key, kinds_[number], kind);
    RecordBuffer record;
    record.row(number, entry, actor);
    const std::string_view text = actor != nullptr ? *actor : entry.value.text;
    const std::size_t begin = log_.size(), head = sizeof customer_ + record.bytes().size();
    log_.resize(begin + head + text.size(), boost::container::default_init);
    Byte* const out = log_.data() + begin;
    std::memcpy(out, &customer_, sizeof customer_);
    std::memcpy(out + sizeof customer_, record.bytes().data(), record.bytes().size());
    if (!text.empty()) std::memcpy(out + head, text.data(), text.size());
    Rows& customer = customers_[customer_];
    ++customer.rows;
    if (entry.at != minus_infinity) customer.first_at = std::min(customer.first_at, entry.at);
}

/// Where the rows are, customer by customer: a counting sort.
Vector<std::size_t> Gathering::sort_rows() const {
    Arena& arena = log_.get_stored_allocator().arena();
    Vector<std::size_t> next{Alloc<std::size_t>(arena)}, places{Alloc<std::size_t>(arena)};
    next.reserve(customers_.size());
    std::size_t count = 0;
    for (const Rows& customer : customers_) {
        next.push_back(count);
        count += customer.rows;
    }
    places.resize(count);
    ByteReader in(view(log_));
    for (std::size_t i = 1; in.left() > 0; ++i) {
        if (i % 65536 == 0) check_interrupts();
        const auto customer = in.fixed<std::uint32_t>();
        places[next[customer]++] = log_.size() - in.left();
        RowRecord::read(in);
    }
    return places;
}

void Gathering::copy_rows(const Customer& customer, HistoryLog& log) const {
    constexpr std::size_t ahead = 32;
    const auto fetch = [&](std::size_t i) __attribute__((always_inline)) {
        if (i < customer.rows.size()) prefetch(log_.data() + customer.rows[i], 1);
    };
    for (std::size_t i = 0; i < ahead; ++i) fetch(i);
    for (std::size_t i = 0; i < customer.rows.size(); ++i) {
        if (i % 65536 == 65535) check_interrupts();
        fetch(i + ahead);
        copy_row(customer.rows[i], log);
    }
}

void Gathering::copy_row(std::size_t place, HistoryLog& log) const {
    ByteReader in(view(log_).subspan(place));
    RowRecord row = RowRecord::read(in);
    const FactKind kind = kinds_[row.key];
    row.entry.value.kind = kind == FactKind::counter ? Kind::number : state_kind(kind);
    log.add(keys_[row.key], kind, row.entry, row.has_actor ? &row.actor : nullptr);
}

}  // namespace csagg
