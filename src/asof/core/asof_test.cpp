#include "asof/core/asof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "base/error.hpp"
#include "base/test_arena.hpp"

using namespace csagg;
using namespace csagg::asof;
using csagg::test::TestArena;

namespace {

constexpr auto any = [](Group) { return true; };

/// A right row; its address is its payload.
struct Entry {
    std::uint64_t key;
    std::int64_t instant;
    int tie;
};

Payload payload_of(Entry* const& entry) { return reinterpret_cast<Payload>(&entry); }

Entry* entry_of(Payload payload) {
    Entry* entry = nullptr;
    if (payload != nullptr) std::memcpy(&entry, payload, sizeof entry);
    return entry;
}

struct ByTie final : Ties {
    bool less(Payload a, Payload b) override { return entry_of(a)->tie < entry_of(b)->tie; }
};

/// Integers through the interface for other instants: the halves of what they are, so that order and distance stay.
struct Doubled final : InstantOrder {
    int compare(std::int64_t a, std::int64_t b) override { return a / 2 < b / 2 ? -1 : a / 2 > b / 2; }
    bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) override {
        return at / 2 - before / 2 <= after / 2 - at / 2;
    }
};

using Verdict = Condition::Verdict;

/// By what is left of a row's instant, which is every other one's own.
struct ByInstant final : Condition {
    Verdict test(Payload row) override { return verdict(*entry_of(row)); }
    static Verdict verdict(const Entry& e) {
        return e.instant % 7 == 3 ? Verdict::give_up : e.instant % 3 == 0 ? Verdict::match : Verdict::go_on;
    }
};

/// Looks at every row for every probe.
class Twin {
public:
    Twin(const std::vector<Entry>& entries, Search search, bool ties, bool condition)
        : entries_(entries), search_(search), ties_(ties), condition_(condition) {}

    const Entry* find(std::uint64_t key, std::int64_t at, std::int64_t lowest, std::int64_t highest) const {
        const Entry *before = nullptr, *after = nullptr;
        for (const Entry& e : entries_) {
            if (e.key != key || (e.instant == at && !search_.allow_exact)) continue;
            if (condition_ && ByInstant::verdict(e) == Verdict::go_on) continue;
            if (e.instant <= at && e.instant >= lowest && (before == nullptr || !less(e, *before))) before = &e;
            if (e.instant >= at && e.instant <= highest && (after == nullptr || less(e, *after))) after = &e;
        }
        // The first one that does not say "go on" says all.
        for (const Entry** e : {&before, &after})
            if (condition_ && *e != nullptr && ByInstant::verdict(**e) == Verdict::give_up) *e = nullptr;
        if (search_.direction == Direction::backward) return before;
        if (search_.direction == Direction::forward) return after;
        if (before == nullptr || after == nullptr) return before != nullptr ? before : after;
        const auto distance = [this](std::int64_t a, std::int64_t b) {
            const bool infinite = search_.infinity != 0 && a != b && (a < -search_.infinity || b >= search_.infinity);
            return infinite ? __int128(UINT64_MAX) : __int128(b) - a;
        };
        return distance(before->instant, at) <= distance(at, after->instant) ? before : after;
    }

private:
    bool less(const Entry& a, const Entry& b) const {
        if (a.instant != b.instant) return a.instant < b.instant;
        if (ties_ && a.tie != b.tie) return a.tie < b.tie;
        return &a < &b;
    }

    const std::vector<Entry>& entries_;
    Search search_;
    bool ties_, condition_;
};

/// The index as its users build it, of one in so many of the keys.
class Built {
public:
    Built(std::vector<Entry>& entries, Search search, InstantOrder* order, Ties* ties, std::int64_t factor = 1,
          std::uint64_t part = 0, std::uint64_t parts = 1)
        : groups_(arena_), index_(arena_, search, order, sizeof(Entry*)) {
        for (Entry& e : entries) {
            Entry* const entry = &e;
            if (e.key % parts == part)
                index_.add(groups_.find_or_add(e.key, any), e.instant * factor, payload_of(entry));
        }
        index_.sort(ties);
    }
    const Entry* find(std::uint64_t key, const Probe& probe, Condition* condition = nullptr) {
        return entry_of(index_.find(groups_.find(key, any), probe, condition));
    }
    const Groups& groups() const { return groups_; }
    const Index& index() const { return index_; }

private:
    TestArena arena_;
    Groups groups_;
    Index index_;
};

/// The same made of parts, as processes share them.
class Adopted {
public:
    Adopted(std::vector<Entry>& entries, Search search, InstantOrder* order, Ties* ties, std::int64_t factor)
        : index_(arena_, search, order, sizeof(Entry*)) {
        for (std::uint64_t part = 0; part < parts; ++part) {
            const Built built(entries, search, order, ties, factor, part, parts);
            Byte* const image = room(built.index().image_bytes());
            built.index().write_image(image);
            firsts_[part] = index_.adopt(image);
            Byte* const groups = room(GroupsImage::bytes(built.groups()));
            GroupsImage::write(built.groups(), seed, groups);
            groups_[part] = GroupsImage(groups);
        }
        EXPECT_EQ(index_.rows(), entries.size());
    }
    const Entry* find(std::uint64_t key, const Probe& probe, Condition* condition) {
        const Group group = groups_[key % parts].find(key, hash_word(key, seed));
        return group == no_group ? nullptr : entry_of(index_.find(firsts_[key % parts] + group, probe, condition));
    }

private:
    static constexpr std::uint64_t parts = 3, seed = 12345;
    Byte* room(std::size_t bytes) { return reinterpret_cast<Byte*>(images_.emplace_back((bytes + 7) / 8).data()); }

    TestArena arena_;
    std::vector<std::vector<std::uint64_t>> images_;
    GroupsImage groups_[parts];
    Group firsts_[parts];
    Index index_;
};

struct Shape {
    int rows, keys, instants;  // how many, of how many different ones
    bool in_order;
};

void compare_with_twin(std::uint64_t seed, Shape shape) {
    std::mt19937_64 random(seed);
    const auto below = [&random](int n) { return int(random() % std::uint64_t(n)); };
    std::vector<Entry> entries;
    for (int i = 0; i < shape.rows; ++i)
        entries.push_back({std::uint64_t(below(shape.keys)), below(shape.instants), below(3)});
    if (shape.in_order)
        std::stable_sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.instant < b.instant; });
    const bool callbacks = below(2) == 0;
    const Search search{Direction(below(3)), below(2) == 0, callbacks ? 0 : below(2) * shape.instants / 2};
    ByTie by_tie;
    Doubled doubled;
    const bool ties = below(2) == 0, conditional = below(2) == 0;
    ByInstant by_instant;
    const std::int64_t factor = callbacks ? 2 : 1;
    Built built(entries, search, callbacks ? &doubled : nullptr, ties ? &by_tie : nullptr, factor);
    Adopted adopted(entries, search, callbacks ? &doubled : nullptr, ties ? &by_tie : nullptr, factor);
    const Twin twin(entries, search, ties, conditional);

    std::int64_t walk = 0;
    for (int i = 0; i < 300; ++i) {
        const std::uint64_t key = std::uint64_t(below(shape.keys + 1));
        // Back and forth in small steps, and then jumps.
        walk = below(4) == 0 ? below(shape.instants + 2) - 1 : walk + below(5) - 2;
        const std::int64_t width = below(shape.instants + 1);
        Probe probe{walk * factor};
        probe.bounded = below(2) == 0;
        std::int64_t lowest = INT64_MIN, highest = INT64_MAX;
        if (probe.bounded) {
            lowest = walk - width;
            highest = walk + width;
            probe.lowest = lowest * factor;
            probe.highest = highest * factor;
        }
        const Entry* const found = built.find(key, probe, conditional ? &by_instant : nullptr);
        const Entry* const expected = twin.find(key, walk, lowest, highest);
        ASSERT_EQ(found, expected) << "seed " << seed << ", probe " << i << ": key " << key << " at " << walk;
        ASSERT_EQ(adopted.find(key, probe, conditional ? &by_instant : nullptr), expected)
            << "adopted; seed " << seed << ", probe " << i << ": key " << key << " at " << walk;
    }
}

}  // namespace

TEST(Index, EqualsTheTwin) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        compare_with_twin(seed, {int(seed % 40), 1 + int(seed % 5), 1 + int(seed % 30), seed % 2 == 0});
        if (HasFatalFailure()) return;
    }
}

// Groups beyond the size from which a search goes on where the last one ended.
TEST(Index, EqualsTheTwinInLargeGroups) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        compare_with_twin(seed, {500 + int(seed) * 10, 1 + int(seed % 3), 20 + int(seed) * 30, seed % 2 == 0});
        if (HasFatalFailure()) return;
    }
}

TEST(Index, AsksTheConditionFromTheInstantOn) {
    std::vector<Entry> entries{{1, 9, 0}, {1, 10, 0}, {1, 10, 1}, {1, 11, 0}, {1, 12, 0}};
    struct Counting final : Condition {
        std::vector<const Entry*> asked;
        Verdict test(Payload row) override {
            asked.push_back(entry_of(row));
            return asked.back()->instant % 3 == 0 ? Verdict::match : Verdict::go_on;
        }
    } counting;
    EXPECT_EQ(Built(entries, {Direction::backward, true}, nullptr, nullptr).find(1, {11}, &counting), &entries[0]);
    EXPECT_EQ(counting.asked, (std::vector<const Entry*>{&entries[3], &entries[2], &entries[1], &entries[0]}));
    counting.asked.clear();
    Probe probe{11};
    probe.bounded = true;
    probe.lowest = 10;
    EXPECT_EQ(Built(entries, {Direction::backward, true}, nullptr, nullptr).find(1, probe, &counting), nullptr);
    EXPECT_EQ(counting.asked.size(), 3u) << "rows out of bounds are not asked";
    EXPECT_EQ(Built(entries, {Direction::nearest, true}, nullptr, nullptr).find(1, {10}, &counting), &entries[0]);
}

TEST(Index, IsEmpty) {
    std::vector<Entry> none;
    for (const Direction direction : {Direction::backward, Direction::forward, Direction::nearest}) {
        Built built(none, {direction, true}, nullptr, nullptr);
        EXPECT_EQ(built.find(1, {0}), nullptr);
        EXPECT_EQ(built.index().rows(), 0u);
    }
}

TEST(Index, TakesTheEndsOfTime) {
    std::vector<Entry> entries{{1, INT64_MIN, 0}, {1, INT64_MAX, 0}};
    Built nearest(entries, {Direction::nearest, true}, nullptr, nullptr);
    EXPECT_EQ(nearest.find(1, {INT64_MIN}), &entries[0]);
    EXPECT_EQ(nearest.find(1, {-1}), &entries[0]);
    EXPECT_EQ(nearest.find(1, {0}), &entries[1]);
    EXPECT_EQ(nearest.find(1, {INT64_MAX}), &entries[1]);
    Built strict(entries, {Direction::backward, false}, nullptr, nullptr);
    EXPECT_EQ(strict.find(1, {INT64_MIN}), nullptr);
    EXPECT_EQ(strict.find(1, {INT64_MAX}), &entries[0]);
    Built ahead(entries, {Direction::forward, false}, nullptr, nullptr);
    EXPECT_EQ(ahead.find(1, {INT64_MAX}), nullptr);
}

TEST(Index, EqualDistanceIsBackward) {
    std::vector<Entry> entries{{1, 10, 0}, {1, 20, 0}};
    Built built(entries, {Direction::nearest, true}, nullptr, nullptr);
    EXPECT_EQ(built.find(1, {15}), &entries[0]);
    EXPECT_EQ(built.find(1, {16}), &entries[1]);
    // Out of reach, the nearer one leaves the match to the other.
    Probe only_ahead{14};
    only_ahead.bounded = true;
    only_ahead.lowest = 11;
    only_ahead.highest = 20;
    EXPECT_EQ(built.find(1, only_ahead), &entries[1]);
}

TEST(Index, TiesDecideAndElseThePlace) {
    std::vector<Entry> entries{{1, 10, 2}, {1, 10, 1}, {1, 10, 2}, {1, 10, 0}};
    ByTie ties;
    EXPECT_EQ(Built(entries, {Direction::backward, true}, nullptr, &ties).find(1, {10}), &entries[2]);
    EXPECT_EQ(Built(entries, {Direction::forward, true}, nullptr, &ties).find(1, {10}), &entries[3]);
    EXPECT_EQ(Built(entries, {Direction::backward, true}, nullptr, nullptr).find(1, {10}), &entries[3]);
    EXPECT_EQ(Built(entries, {Direction::forward, true}, nullptr, nullptr).find(1, {10}), &entries[0]);
}

// More groups and rows than a partition and its chunks hold; in any order, or group by group.
TEST(Index, EqualsTheTwinInManyPartitions) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        compare_with_twin(seed, {4000, 200 + int(seed) * 60, 40, seed % 2 == 0});
        compare_with_twin(seed, {4000, 1 + int(seed % 4), 3000, seed % 2 == 0});
        if (HasFatalFailure()) return;
    }
}

TEST(Index, CanBeBuiltAnew) {
    TestArena arena;
    Index index(arena, {}, nullptr, 1);
    for (Byte round = 0; round < 3; ++round) {
        index.add(0, 5, &round);
        index.sort(nullptr);
        EXPECT_EQ(*index.find(0, {7}), round);
        index.clear();
        EXPECT_EQ(index.bytes(), 0u);
    }
}

// What a split does: every second group stays, under a new number.
TEST(Index, RowsCanBeTakenAndAddedAgain) {
    TestArena arena;
    Index index(arena, {}, nullptr, 2);
    constexpr Group groups = 600;
    constexpr std::uint16_t rounds = 20;
    for (std::uint16_t round = 0; round < rounds; ++round)
        for (Group g = 0; g < groups; ++g) index.add(g, round, reinterpret_cast<Payload>(&round));
    const std::size_t before = index.bytes();
    std::size_t taken = 0;
    std::vector<int> last(groups, -1);
    index.take([&](Group g, std::int64_t instant, Payload payload) {
        ++taken;
        EXPECT_EQ(last[g] + 1, instant);
        last[g] = int(instant);
        if (g % 2 == 0) index.add(g / 2, instant, payload);
        EXPECT_LE(index.bytes(), before + 4 * 256 * 11) << "chunks are given back as they are taken";
    });
    EXPECT_EQ(taken, groups * rounds);
    EXPECT_EQ(index.rows(), groups / 2 * rounds);
    EXPECT_LT(index.bytes(), before * 2 / 3);
    index.sort(nullptr);
    for (Group g = 0; g < groups / 2; ++g) {
        std::uint16_t round;
        std::memcpy(&round, index.find(g, {7}), sizeof round);
        ASSERT_EQ(round, 7);
    }
    EXPECT_EQ(index.find(0, {-1}), nullptr);
}

TEST(Groups, EqualTheMap) {
    std::mt19937_64 random(7);
    TestArena arena;
    Groups groups(arena);
    std::map<std::uint64_t, Group> twin;
    for (int i = 0; i < 20000; ++i) {
        // Neighbours, multiples of a large power of two, and the ends.
        const std::uint64_t n = random() % 3000;
        const std::uint64_t word = i % 3 == 0 ? n : i % 3 == 1 ? n << 40 : UINT64_MAX - n;
        const auto known = twin.find(word);
        ASSERT_EQ(groups.find(word, any), known == twin.end() ? no_group : known->second);
        const Group group = groups.find_or_add(word, any);
        ASSERT_EQ(group, twin.emplace(word, Group(twin.size())).first->second);
        ASSERT_EQ(groups.word(group), word);
    }
    EXPECT_EQ(groups.size(), twin.size());
    groups.clear();
    EXPECT_EQ(groups.find(1, any), no_group);
}

// Keys that do not fit into a word: the word is a hash, and equal hashes are told apart.
TEST(Groups, EqualWordsAreToldApart) {
    TestArena arena;
    Groups groups(arena);
    std::vector<int> keys;
    for (int key = 0; key < 200; ++key) {
        const Group group = groups.find_or_add(std::uint64_t(key % 3), [&](Group g) { return keys[g] == key; });
        ASSERT_EQ(group, Group(key));
        keys.push_back(key);
    }
    for (int key = 0; key < 200; ++key) {
        ASSERT_EQ(groups.find(std::uint64_t(key % 3), [&](Group g) { return keys[g] == key; }), Group(key));
    }
}
