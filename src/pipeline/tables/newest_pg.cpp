// Whether a row's next version will lie on another page.
#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/rel.h"
}

namespace csagg::pg {
namespace {

/// Of a page that is read already, as a rule. May ereport.
bool is_crowded(Relation table, ItemPointer place) {
    const BlockNumber block = ItemPointerGetBlockNumberNoCheck(place);
    if (!RELKIND_HAS_TABLE_AM(table->rd_rel->relkind) || table->rd_rel->relam != HEAP_TABLE_AM_OID ||
        block >= RelationGetNumberOfBlocks(table))
        return false;
    const Buffer buffer = ReadBuffer(table, block);
    LockBuffer(buffer, BUFFER_LOCK_SHARE);
    const Page page = BufferGetPage(buffer);
    const OffsetNumber row = ItemPointerGetOffsetNumberNoCheck(place);
    bool crowded = false;
    if (OffsetNumberIsValid(row) && row <= PageGetMaxOffsetNumber(page)) {
        const ItemId item = PageGetItemId(page, row);
        crowded = ItemIdIsNormal(item) && MAXALIGN(ItemIdGetLength(item)) > PageGetHeapFreeSpace(page);
    }
    UnlockReleaseBuffer(buffer);
    return crowded;
}

}  // namespace

// Arguments: relation, place.
CSAGG_FUNCTION(csagg_pipeline_crowded) {
    const bool crowded = call([fcinfo] {
        const Relation table = try_relation_open(PG_GETARG_OID(0), AccessShareLock);
        if (table == nullptr) return false;
        if (pg_class_aclcheck(RelationGetRelid(table), GetUserId(), ACL_UPDATE) != ACLCHECK_OK)
            aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(table->rd_rel->relkind),
                           RelationGetRelationName(table));
        const bool answer = is_crowded(table, reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(1)));
        relation_close(table, AccessShareLock);
        return answer;
    });
    PG_RETURN_BOOL(crowded);
}

}  // namespace csagg::pg
