#include "asof/join/floats.hpp"
#include "asof/join/keys_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/detoast.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/uuid.h"
}

namespace csagg::pg {

bool Keys::forms(Oid procedure, Form& left, Form& right) {
    const auto are = [&](Form l, Form r) {
        left = l;
        right = r;
        return true;
    };
    switch (procedure) {
        case F_INT2EQ: return are(Form::int2, Form::int2);
        case F_INT24EQ: return are(Form::int2, Form::int4);
        case F_INT28EQ: return are(Form::int2, Form::int8);
        case F_INT42EQ: return are(Form::int4, Form::int2);
        case F_INT4EQ:
        case F_DATE_EQ:
        case F_OIDEQ:
        case F_ENUM_EQ: return are(Form::int4, Form::int4);
        case F_INT48EQ: return are(Form::int4, Form::int8);
        case F_INT82EQ: return are(Form::int8, Form::int2);
        case F_INT84EQ: return are(Form::int8, Form::int4);
        case F_INT8EQ:
        case F_TIME_EQ:
        case F_TIMESTAMP_EQ:
        case F_TIMESTAMPTZ_EQ: return are(Form::int8, Form::int8);
        case F_BOOLEQ:
        case F_CHAREQ: return are(Form::byte, Form::byte);
        case F_FLOAT4EQ: return are(Form::float4, Form::float4);
        case F_FLOAT48EQ: return are(Form::float4, Form::float8);
        case F_FLOAT84EQ: return are(Form::float8, Form::float4);
        case F_FLOAT8EQ: return are(Form::float8, Form::float8);
        case F_BYTEAEQ:
        case F_TEXTEQ: return are(Form::text, Form::text);
        case F_NAMEEQTEXT: return are(Form::name, Form::text);
        case F_TEXTEQNAME: return are(Form::text, Form::name);
        case F_NAMEEQ: return are(Form::name, Form::name);
        case F_BPCHAREQ: return are(Form::padded_text, Form::padded_text);
        case F_UUID_EQ: return are(Form::uuid, Form::uuid);
        default: return false;
    }
}

Keys::Mode Keys::mode_with(Mode mode, Column& column, int count) {
    // Without a collation texteq raises its own error, so let it be called.
    const Oid procedure = get_opcode(column.spec.equality);
    const bool bitwise = forms(procedure, column.left, column.right) &&
                         (procedure == F_BYTEAEQ || column.left < Form::text || column.left == Form::uuid ||
                          (OidIsValid(column.spec.collation) && get_collation_isdeterministic(column.spec.collation)));
    if (!bitwise || mode == Mode::functions) return Mode::functions;
    const bool is_word = count == 1 && column.left < Form::text && !column.spec.null_safe;
    return is_word ? mode : Mode::bytes;
}

bool Keys::are_words(const KeySpec* specs, int count) {
    Mode mode = Mode::word;
    for (int i = 0; i < count; ++i) {
        Column column{};
        column.spec = specs[i];
        mode = mode_with(mode, column, count);
    }
    return mode == Mode::word;
}

Keys::Keys(MemoryContext context, Arena& arena, const KeySpec* specs, int count)
    : count_(count), mode_(Mode::word), bytes_(arena), groups_(arena), images_(arena) {
    columns_ = call([context, count] {
        return static_cast<Column*>(
            MemoryContextAllocZero(context, std::max<std::size_t>(1, std::size_t(count)) * sizeof(Column)));
    });
    for (int i = 0; i < count; ++i) {
        Column& column = columns_[i];
        column.spec = specs[i];
        mode_ = call([this, &column, count] { return mode_with(mode_, column, count); });
    }
    if (mode_ == Mode::functions) call([this, context] { prepare_functions(context); });
}

void Keys::prepare_functions(MemoryContext context) {
    scratch_ = AllocSetContextCreate(context, "as-of join functions", ALLOCSET_SMALL_SIZES);
    for (int i = 0; i < count_; ++i) {
        Column& column = columns_[i];
        const Oid equality = column.spec.equality;
        Oid left_hash, right_hash, right_equality, left_type, right_type;
        if (!get_op_hash_functions(equality, &left_hash, &right_hash) ||
            !get_compatible_hash_operators(equality, nullptr, &right_equality))
            elog(ERROR, "operator %u is not hashable", equality);
        op_input_types(equality, &left_type, &right_type);
        get_typlenbyval(right_type, &column.length, &column.by_value);
        const auto look_up = [context](Oid function) {
            auto* const info = static_cast<FmgrInfo*>(MemoryContextAlloc(context, sizeof(FmgrInfo)));
            fmgr_info_cxt(function, info, context);
            return info;
        };
        column.hash_left = look_up(left_hash);
        column.hash_right = look_up(right_hash);
        column.equal_left = look_up(get_opcode(equality));
        column.equal_right = look_up(get_opcode(right_equality));
    }
}

void Keys::clear() {
    groups_.clear();
    images_ = Vector<void*>(images_.get_stored_allocator());
}

namespace {

template <class Form>
std::uint64_t word_of(Form form, Datum value) {
    switch (form) {
        case Form::int2: return std::uint64_t(std::int64_t(DatumGetInt16(value)));
        case Form::int4: return std::uint64_t(std::int64_t(DatumGetInt32(value)));
        case Form::int8: return std::uint64_t(DatumGetInt64(value));
        case Form::byte: return std::uint64_t(DatumGetUInt8(value));
        case Form::float4: return asof::equal_bits(DatumGetFloat4(value));
        default: return asof::equal_bits(DatumGetFloat8(value));
    }
}

}  // namespace

bool Keys::read(const Datum* values, const bool* nulls, bool left) {
    for (int i = 0; i < count_; ++i)
        if (nulls[i] && !columns_[i].spec.null_safe) return false;
    if (mode_ == Mode::word) {
        word_ = count_ == 0 ? 0 : word_of(left ? columns_[0].left : columns_[0].right, values[0]);
    } else if (mode_ == Mode::bytes) {
        read_bytes(values, nulls, left);
    } else {
        read_functions(values, nulls, left);
    }
    return true;
}

bool Keys::read_left(const Datum* values, const bool* nulls) { return read(values, nulls, true); }
bool Keys::read_right(const Datum* values, const bool* nulls) { return read(values, nulls, false); }

void Keys::append(Form form, Datum value) {
    const auto put = [this](const void* data, std::size_t size, bool counted) {
        if (counted) {
            const auto length = std::uint32_t(size);
            const auto* const p = reinterpret_cast<const Byte*>(&length);
            bytes_.insert(bytes_.end(), p, p + sizeof length);
        }
        const auto* const p = static_cast<const Byte*>(data);
        bytes_.insert(bytes_.end(), p, p + size);
    };
    switch (form) {
        case Form::text:
        case Form::padded_text: {
            auto* const original = reinterpret_cast<struct varlena*>(DatumGetPointer(value));
            const bool packed = VARATT_IS_COMPRESSED(original) || VARATT_IS_EXTERNAL(original);
            auto* const plain = packed ? call([original] { return pg_detoast_datum_packed(original); }) : original;
            const char* const text = VARDATA_ANY(plain);
            std::size_t size = VARSIZE_ANY_EXHDR(plain);
            if (form == Form::padded_text)
                while (size > 0 && text[size - 1] == ' ') --size;
            put(text, size, true);
            if (plain != original) pfree(plain);
            return;
        }
        case Form::name: {
            const char* const text = NameStr(*DatumGetName(value));
            put(text, strnlen(text, NAMEDATALEN), true);
            return;
        }
        case Form::uuid: put(DatumGetPointer(value), UUID_LEN, false); return;
        default: {
            const std::uint64_t word = word_of(form, value);
            put(&word, sizeof word, false);
        }
    }
}

void Keys::read_bytes(const Datum* values, const bool* nulls, bool left) {
    bytes_.clear();
    for (int i = 0; i < count_; ++i) {
        if (columns_[i].spec.null_safe) bytes_.push_back(Byte(nulls[i]));
        if (!nulls[i]) append(left ? columns_[i].left : columns_[i].right, values[i]);
    }
    word_ = hash_bytes(view(bytes_), process_hash_seed);
}

void Keys::read_functions(const Datum* values, const bool* nulls, bool left) {
    values_ = values;
    nulls_ = nulls;
    word_ = call([this, values, nulls, left] {
        const MemoryContext before = MemoryContextSwitchTo(scratch_);
        std::uint64_t word = process_hash_seed;
        for (int i = 0; i < count_; ++i) {
            FmgrInfo* const hash = left ? columns_[i].hash_left : columns_[i].hash_right;
            const auto h =
                nulls[i] ? 0 : DatumGetUInt32(FunctionCall1Coll(hash, columns_[i].spec.collation, values[i]));
            word = fold_multiply(word ^ h, 0x9FB21C651E98DF25);
        }
        MemoryContextSwitchTo(before);
        MemoryContextReset(scratch_);
        return word;
    });
}

bool Keys::equals_image(asof::Group group, bool left) const {
    const void* const image = images_[group];
    if (mode_ == Mode::bytes) {
        std::size_t size;
        std::memcpy(&size, image, sizeof size);
        return size == bytes_.size() &&
               std::memcmp(static_cast<const Byte*>(image) + sizeof size, bytes_.data(), size) == 0;
    }
    return call([this, left, kept = static_cast<const Datum*>(image)] {
        const MemoryContext before = MemoryContextSwitchTo(scratch_);
        const bool equal = equals_values(kept, left);
        MemoryContextSwitchTo(before);
        MemoryContextReset(scratch_);
        return equal;
    });
}

bool Keys::equals_values(const Datum* kept, bool left) const {
    const bool* const kept_nulls = reinterpret_cast<const bool*>(kept + count_);
    for (int i = 0; i < count_; ++i) {
        if (nulls_[i] != kept_nulls[i]) return false;
        FmgrInfo* const function = left ? columns_[i].equal_left : columns_[i].equal_right;
        if (!nulls_[i] && !DatumGetBool(FunctionCall2Coll(function, columns_[i].spec.collation, values_[i], kept[i])))
            return false;
    }
    return true;
}

asof::Group Keys::find() {
    if (is_word()) return find_word(word_);
    return groups_.find(word_, [this](asof::Group group) { return equals_image(group, true); });
}

void* Keys::keep(Store& store) const {
    if (mode_ == Mode::bytes) {
        const std::size_t size = bytes_.size();
        auto* const image = static_cast<Byte*>(call([&store, size] { return store.allocate(sizeof size + size); }));
        std::memcpy(image, &size, sizeof size);
        std::memcpy(image + sizeof size, bytes_.data(), size);
        return image;
    }
    return call([this, &store]() -> void* {
        auto* const image = static_cast<Datum*>(store.allocate(std::size_t(count_) * (sizeof(Datum) + sizeof(bool))));
        std::memcpy(static_cast<void*>(image + count_), nulls_, std::size_t(count_) * sizeof(bool));
        for (int i = 0; i < count_; ++i) {
            image[i] = values_[i];
            if (columns_[i].by_value || nulls_[i]) continue;
            // Without TOAST: it is compared again and again.
            const bool varlena = columns_[i].length == -1;
            const Datum plain = varlena ? PointerGetDatum(PG_DETOAST_DATUM(values_[i])) : values_[i];
            const std::size_t size = datumGetSize(plain, false, columns_[i].length);
            image[i] = PointerGetDatum(std::memcpy(store.allocate(size), DatumGetPointer(plain), size));
            if (plain != values_[i]) pfree(DatumGetPointer(plain));
        }
        return image;
    });
}

asof::Group Keys::group(Store& store) {
    if (mode_ == Mode::word) return groups_.find_or_add(word_, [](asof::Group) { return true; });
    const asof::Group group = groups_.find_or_add(word_, [this](asof::Group g) { return equals_image(g, false); });
    if (group == images_.size()) images_.push_back(keep(store));
    return group;
}

}  // namespace csagg::pg
