"""Holds lists of parts against CycloneDX's schema: `parts.py FILE…`, each of which is a document of version 1.6."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if len(sys.argv) < 2:
    sys.exit("parts.py: no files")
validator = JsonStrictValidator(SchemaVersion.V1_6)
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        problem = validator.validate_str(file.read())
    if problem is not None:
        # The rest is the schema.
        sys.exit(f"{path}: {str(problem).splitlines()[0]}")
print(f"{len(sys.argv) - 1} lists of parts are CycloneDX 1.6")
