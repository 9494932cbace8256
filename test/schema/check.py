"""docs/ruleset.schema.json against csagg: both read the same documents, and agree wherever a schema can say it.

good/NAME.json   both take it, and the schema takes csagg's canonical text of it
bad/NAME.json    csagg refuses it with what bad/NAME.expected says: SQLSTATE, message, hint; the last line says what the
                 schema does: "schema: refuses", or "schema: accepts" where it cannot know
Besides, hundreds of good documents with one part changed: what csagg takes the schema takes, and what the schema takes
and csagg refuses is refused for a reason that a schema cannot know.

Without python3-jsonschema what the schema says is skipped. check.py --update writes the .expected files: read them.
"""
import copy
import json
import pathlib
import random
import subprocess
import sys

here = pathlib.Path(__file__).parent
try:
    import jsonschema
except ImportError:
    jsonschema = None
number = failures = 0


def tell(good, name, note=""):
    global number, failures
    number += 1
    failures += not good
    print(f"{'' if good else 'not '}ok {number} - {name}")
    if not good:
        print("\n".join("#   " + line for line in str(note)[:2000].splitlines()))


def skip(name):
    global number
    number += 1
    print(f"ok {number} - {name} # SKIP no python3-jsonschema")


def ask_csagg(texts):
    """For each text its canonical form, or SQLSTATE, message and hint."""
    setup = """
        CREATE EXTENSION IF NOT EXISTS csagg;
        CREATE OR REPLACE FUNCTION pg_temp.verdict(document text) RETURNS jsonb LANGUAGE plpgsql AS $f$
        DECLARE message text; hint text;
        BEGIN
            RETURN jsonb_build_object('canonical', document::csagg.ruleset::text);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
            RETURN jsonb_build_object('error', SQLSTATE || E'\\n' || message || E'\\n' || 'HINT: ' || hint);
        END $f$;
    """
    calls = "\n".join(f"SELECT pg_temp.verdict($document${text}$document$);" for text in texts)
    # Rolled back: nothing is left behind in the database.
    run = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], input="BEGIN;" + setup + calls + "\nROLLBACK;",
                         capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit("Bail out! " + run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def no_duplicates(pairs):
    return dict(pairs)


def errors_of(validator, text):
    """What the schema has against a text; that it is no JSON at all counts as well."""
    try:
        document = json.loads(text, object_pairs_hook=no_duplicates)
    except json.JSONDecodeError as e:
        return [f"not JSON: {e}"]
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(document)]


def undescribed(node, path="#"):
    """Members of the schema's objects without a title and a description."""
    for name, part in node.get("properties", {}).items():
        texts = [part] + [definitions[ref["$ref"].rsplit("/", 1)[1]] for ref in part.get("allOf", [part]) if "$ref" in ref]
        for word in ("title", "description"):
            if not any(word in text for text in texts):
                yield f"{path}/{name} has no {word}"
        yield from undescribed(part, f"{path}/{name}")


def mutant(document, random):
    """The document with one part dropped, added, or replaced by something of another type or size."""
    document = copy.deepcopy(document)
    places = []

    def walk(node):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            places.append((node, key))
            if isinstance(value, (dict, list)):
                walk(value)

    walk(document)
    node, key = random.choice(places)
    action = random.randrange(4)
    if action == 0:
        del node[key]
    elif action == 1 and isinstance(node, dict):
        node[random.choice(["name", "when", "points", "from", "kind", "optional", "for", "extra", ""])] = node[key]
    elif action == 2 and isinstance(node, list):
        node.insert(random.randrange(len(node) + 1), node[key])
    else:
        node[key] = random.choice([None, True, False, 0, -7, 1.5, 1e17, 1e18, -1e19, "", "x", "true", "5", "3 days", "0 days", "1 day ago",
                                   "UTC", "number", "counter", "x" * 250, [], {}, ["a"], {"kind": "number"}, {"name": "a"}])
    return document


# What csagg says where no schema could know.
beyond_schema = ("there are two", "is never reached", "there is no stage", "out of order", "less than", "not declared", "expected",
                 "the expression is", "do not go together", "not recognized", "is a counter", "is not a counter", "there is no function",
                 "there twice", "cannot read a date", "there is a fact", "is a definition")

schema = json.loads((here / "../../docs/ruleset.schema.json").read_text())
definitions = schema["definitions"]
validator = None
if jsonschema:
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    missing = list(undescribed(schema)) + [m for name, part in definitions.items() for m in undescribed(part, "#/definitions/" + name)]
    tell(not missing, "the schema is one of draft 7, and every member has a title and a description", "\n".join(missing))
else:
    skip("the schema is one of draft 7, and every member has a title and a description")

good = sorted((here / "good").glob("*.json"))
bad = sorted((here / "bad").glob("*.json"))
verdicts = dict(zip(good + bad, ask_csagg([path.read_text() for path in good + bad])))

for path in good:
    verdict = verdicts[path]
    tell("canonical" in verdict, f"csagg takes good/{path.name}", verdict)
    if validator:
        found = errors_of(validator, path.read_text()) + errors_of(validator, verdict.get("canonical", "null"))
        tell(not found, f"the schema takes good/{path.name}, and its canonical text", "\n".join(found))
    else:
        skip(f"the schema takes good/{path.name}, and its canonical text")

for path in bad:
    got = verdicts[path].get("error", "accepts")
    opinion = "schema: " + ("refuses" if validator and errors_of(validator, path.read_text()) else "accepts")
    expectation = path.with_suffix(".expected")
    if "--update" in sys.argv:
        expectation.write_text(f"{got}\n{opinion}\n")
    *expected, expected_opinion = expectation.read_text().rstrip("\n").split("\n")
    tell(got == "\n".join(expected), f"csagg refuses bad/{path.name}", got)
    if validator:
        tell(opinion == expected_opinion, f"the schema and bad/{path.name}: {opinion}", opinion)
    else:
        skip(f"the schema and bad/{path.name}")

if validator:
    chance = random.Random(1)
    seeds = [json.loads(path.read_text()) for path in good if path.stem in ("design", "every-member", "weighted-mean", "definitions")]
    mutants = [json.dumps(mutant(chance.choice(seeds), chance)) for _ in range(1500)]
    too_strict, too_lax, refused = [], [], 0
    for text, verdict in zip(mutants, ask_csagg(mutants)):
        found = errors_of(validator, text)
        refused += bool(found)
        if found and "canonical" in verdict:
            too_strict.append(f"{text}\n{found}")
        elif not found and "error" in verdict and not any(reason in verdict["error"] for reason in beyond_schema):
            too_lax.append(f"{text}\n{verdict['error']}")
    tell(not too_strict, "what csagg takes the schema takes: 1500 changed documents", "\n".join(too_strict[:3]))
    tell(not too_lax and refused > 500, f"what csagg refuses for its form the schema refuses: {refused} of 1500", "\n".join(too_lax[:3]))
else:
    skip("what csagg takes the schema takes")

print(f"1..{number}")
sys.exit(failures > 0)
