# Run at install time: adds to the installed pack.yml the SHA-256 of every file of the pack, so that
# the program notices when one is changed, missing or added. RULES_DIR: the installed folder.
file(GLOB_RECURSE files RELATIVE ${RULES_DIR} ${RULES_DIR}/*.yml ${RULES_DIR}/*.yaml)
list(REMOVE_ITEM files pack.yml)
list(SORT files)
set(lines "sha256:\n")
foreach(file IN LISTS files)
  file(SHA256 ${RULES_DIR}/${file} sum)
  string(APPEND lines "    ${file}: ${sum}\n")
endforeach()
file(APPEND ${RULES_DIR}/pack.yml "${lines}")
