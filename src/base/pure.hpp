// Included first by every header of a pure core: a file that has seen postgres.h does not compile past it.
// It also fixes the order of includes in the PostgreSQL faces: C++ first, PostgreSQL last.
#ifdef POSTGRES_H
#error "pure cores never see postgres.h; include C++ headers before PostgreSQL's"
#endif
