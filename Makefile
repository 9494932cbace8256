# csagg as PostgreSQL builds it: make, make install, make installcheck.
# CMakeLists.txt builds the pure cores and their tests; scripts/test runs everything.

EXTENSION = csagg
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" csagg.control)
SCRIPT = csagg--$(EXTVERSION).sql

# The SQL parts in the order of the install script: a part may use only what stands above it.
# So do the rooms: one uses itself and those before it.
ROOMS = base postgres value grid timeline counter history population asof rules pipeline
SQL_PARTS = \
	src/postgres/schema.sql \
	src/grid/grid.sql \
	src/timeline/timeline.sql \
	src/timeline/algebra.sql \
	src/timeline/stats.sql \
	src/counter/counter.sql \
	src/counter/query.sql \
	src/history/history.sql \
	src/history/check_fact.sql \
	src/history/replace.sql \
	src/population/distribution.sql \
	src/population/summary.sql \
	src/population/array.sql \
	src/population/flows.sql \
	src/population/raw_log.sql \
	src/asof/asof.sql \
	src/rules/ruleset.sql \
	src/rules/assess.sql \
	src/rules/try_assess.sql \
	src/rules/look_back.sql \
	src/rules/explain.sql \
	src/pipeline/tables/plans.sql \
	src/pipeline/tables/newest.sql \
	src/pipeline/tables/time.sql \
	src/pipeline/tables/change.sql \
	src/pipeline/tables/check.sql \
	src/pipeline/tables/tables.sql \
	src/pipeline/tables/comments.sql \
	src/pipeline/assessing/rules.sql \
	src/pipeline/assessing/pin.sql \
	src/pipeline/assessing/outlook.sql \
	src/pipeline/assessing/past.sql \
	src/pipeline/assessing/assess.sql \
	src/pipeline/assessing/alerts.sql \
	src/pipeline/folding/relation.sql \
	src/pipeline/folding/marks.sql \
	src/pipeline/folding/suppressed.sql \
	src/pipeline/folding/actor.sql \
	src/pipeline/folding/log.sql \
	src/pipeline/sources/at_once.sql \
	src/pipeline/sources/columns.sql \
	src/pipeline/sources/register.sql \
	src/pipeline/sources/triggers.sql \
	src/pipeline/sources/amiss.sql \
	src/pipeline/sources/events.sql \
	src/pipeline/sources/states.sql \
	src/pipeline/sources/intervals.sql \
	src/pipeline/sources/override.sql \
	src/pipeline/sources/reread.sql \
	src/pipeline/sources/arrival.sql \
	src/pipeline/sources/ingest.sql \
	src/pipeline/sources/drop_source.sql \
	src/pipeline/steps/step.sql \
	src/pipeline/steps/progress.sql \
	src/pipeline/steps/refresh.sql \
	src/pipeline/steps/run.sql \
	src/pipeline/steps/schedule.sql \
	src/pipeline/keeping/retain.sql \
	src/pipeline/keeping/forget.sql \
	src/pipeline/keeping/forget_actor.sql \
	src/pipeline/keeping/verify_customers.sql \
	src/pipeline/keeping/verify_states.sql \
	src/pipeline/keeping/verify.sql \
	src/pipeline/reads/pending.sql \
	src/pipeline/reads/health.sql \
	src/pipeline/reads/live.sql \
	src/pipeline/reads/health_daily.sql \
	src/pipeline/reads/trend.sql \
	src/pipeline/reads/moves.sql \
	src/pipeline/reads/why.sql \
	src/pipeline/reads/backtest.sql \
	src/pipeline/reads/status.sql \
	src/pipeline/pipeline.sql \
	src/pipeline/shut.sql \
	src/pipeline/isolate.sql \
	src/pipeline/upgrade.sql \
	src/pipeline/grant.sql
TEMPLATES = $(wildcard src/*/*.sql.in src/*/*/*.sql.in)
UNLISTED = $(filter-out $(SQL_PARTS),$(sort $(wildcard src/*/*.sql src/*/*/*.sql)))

MODULE_big = csagg
SOURCES = $(filter-out %_test.cpp %_fuzz.cpp %_bench.cpp,$(sort $(wildcard src/*/*.cpp src/*/*/*.cpp)))
# A room's cores are one translation unit, and its faces another, those of its floors included: headers are read 20 times and not 100 times.
# UNITY=no compiles file by file, for whoever changes a few of them again and again.
UNITY = yes
ifeq ($(UNITY),yes)
FACES = $(filter %_pg.cpp src/postgres/%,$(SOURCES))
parts_of_faces = $(filter src/$1/%,$(FACES))
parts_of_cores = $(filter-out $(FACES),$(filter src/$1/%,$(SOURCES)))
unit = $(if $(call parts_of_$2,$1),build/unity/$1_$2.cpp)
UNITS = $(foreach room,$(ROOMS),$(call unit,$(room),cores) $(call unit,$(room),faces))
OBJS = $(UNITS:.cpp=.o)
else
OBJS = $(SOURCES:.cpp=.o)
endif
# The delta to the version in the making is built, once what it adds has parts of its own.
DELTA_IN = $(wildcard upgrade/csagg--*--$(EXTVERSION).sql.in)
DELTA = $(notdir $(DELTA_IN:.in=))
DATA_built = $(SCRIPT) $(DELTA)
# Older versions can be installed too, and updated: docs/releasing.md.
RELEASED = upgrade/released/$(SCRIPT)
DATA = $(sort $(wildcard upgrade/csagg--*--*.sql) $(filter-out $(RELEASED),$(wildcard upgrade/released/csagg--*.sql)))
EXTRA_CLEAN = .objects .flags $(OBJS:.o=.d) build/unity

# One test per file, each of which can run alone. REGRESS_OUTPUT is the folder for results/ and regression.diffs.
REGRESS = $(basename $(notdir $(sort $(wildcard sql/*.sql))))
REGRESS_OPTS = $(if $(REGRESS_OUTPUT),--outputdir=$(REGRESS_OUTPUT)) --load-extension=csagg
ifneq ($(wildcard specs/*.spec),)
ISOLATION = $(basename $(notdir $(sort $(wildcard specs/*.spec))))
ISOLATION_OPTS = $(if $(REGRESS_OUTPUT),--outputdir=$(REGRESS_OUTPUT)) --load-extension=csagg
endif

# -isystem: PostgreSQL's headers are C, and not ours to warn about.
# -fno-semantic-interposition and -fvisibility-inlines-hidden: let GCC inline within the library, and call, as in a program.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -DCSAGG_VERSION='"$(EXTVERSION)"'
PG_CXXFLAGS += -std=c++20 -Wall -Wextra -fno-semantic-interposition -fvisibility-inlines-hidden -MMD -MP
SHLIB_LINK = -lstdc++

# No bitcode for JIT, whoever asks for it: clang writes constructors as aliases, PostgreSQL's inliner takes every symbol
# that it follows for a function, and the server aborts. Functions of this size gain nothing by being inlined.
override with_llvm = no

PG_CONFIG = pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
-include $(OBJS:.o=.d)

# A server would go on loading the bitcode that an earlier version installed.
install uninstall: uninstall-bitcode
.PHONY: uninstall-bitcode
uninstall-bitcode:
	rm -rf '$(DESTDIR)$(pkglibdir)/bitcode/csagg' '$(DESTDIR)$(pkglibdir)/bitcode/csagg.index.bc'

ifeq ($(UNITY),yes)
# Pure headers come before PostgreSQL's: those of all faces up to the room's before its first face.
pure_headers = for room in $(ROOMS); do grep -hs '^\#include ".*/.*\.hpp"' src/$$$$room/*_pg.?pp src/$$$$room/*/*_pg.?pp; [ $$$$room = $1 ] && break; done \
	| grep -v '_pg.hpp\|postgres/' | sort -u
define unit_rule
build/unity/$1_$2.cpp: .objects
	@mkdir -p $$(@D)
	@{ $(if $(filter faces,$2),$(call pure_headers,$1);) printf '#include "%s"\n' $(patsubst src/%,%,$(call parts_of_$2,$1)); } >$$@
endef
$(foreach room,$(ROOMS),$(foreach kind,cores faces,$(eval $(call unit_rule,$(room),$(kind)))))
endif

# Link anew also when a source has gone: .objects changes with the list.
$(shell echo $(OBJS) $(SOURCES) | cmp -s - .objects || echo $(OBJS) $(SOURCES) >.objects)
csagg.so: .objects

# And compile anew with other flags, or for another PostgreSQL.
FLAGS = $(CXX) $(CXXFLAGS) $(VERSION) $(includedir_server) $(EXTVERSION)
$(shell echo $(FLAGS) | cmp -s - .flags || echo $(FLAGS) >.flags)
$(OBJS): .flags

# A line "\part FILE" stands for that file, and "\part FILE.in WORD TEXT" for a template without its comments: WORD in place of each @,
# the rest of the line in place of each &. "\parts FOLDER" stands for all parts in a folder and its floors, in their order.
expand = awk -v listed='$(SQL_PARTS)' 'function put(line,  part, text, got, parts, i, n) { \
	if (line ~ /^\\parts /) { \
		n = split(listed, parts, " "); \
		for (i = 1; i <= n; ++i) if (index(parts[i], substr(line, 8)) == 1) put("\\part " parts[i]); \
		return } \
	if (line !~ /^\\part /) { print line; return } \
	split(line, part); text = line; sub(/^\\part [^ ]+ ?[^ ]* ?/, "", text); \
	while ((got = (getline line <part[2])) > 0) \
		if (part[3] == "") put(line); \
		else if (line !~ /^--/) { gsub("@", part[3], line); gsub("&", text, line); put(line) } \
	if (got < 0) exit 1; close(part[2]) } { put($$0) }'

$(SCRIPT): $(SQL_PARTS) $(TEMPLATES) csagg.control Makefile
	$(if $(strip $(SQL_PARTS)),,$(error SQL_PARTS is empty: list the src/*/*.sql files in the Makefile))
	$(if $(UNLISTED),$(error not in SQL_PARTS, add them there: $(UNLISTED)))
	{ printf "%s\n" '\echo Use "CREATE EXTENSION csagg" to load this file. \quit'; \
	  for part in $(SQL_PARTS); do printf '\n-- %s\n\n' "$$part" && $(expand) "$$part" || exit 1; done; } > $@.new
	mv $@.new $@

ifneq ($(DELTA),)
$(DELTA): $(DELTA_IN) $(SQL_PARTS) $(TEMPLATES) Makefile
	$(expand) $< >$@.new
	mv $@.new $@
endif

# A release: its script, and the bytes of its values, are kept as they are for ever.
.PHONY: freeze dist
freeze: $(SCRIPT) $(DELTA)
	@! [ -e $(RELEASED) ] || cmp $(SCRIPT) $(RELEASED) || { echo '$(EXTVERSION) is released: what changes now needs a new version' >&2; exit 1; }
	mkdir -p $(dir $(RELEASED))
	cp $(SCRIPT) $(RELEASED)
	$(if $(DELTA),mv $(DELTA) upgrade/ && rm $(DELTA_IN))

# For PGXN: what is committed, without what .gitattributes leaves out.
DIST = csagg-$(EXTVERSION)
dist:
	scripts/check-release
	git archive --format=zip --prefix=$(DIST)/ --output=$(DIST).zip HEAD
	unzip -tq $(DIST).zip
