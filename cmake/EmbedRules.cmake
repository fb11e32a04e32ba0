# rdptriage_embed_rules(FOLDER OUTPUT): writes OUTPUT, a .cpp that holds every .yml file below
# FOLDER as text, sorted by path, whenever one of them changes.
function(rdptriage_embed_rules folder output)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*.yml)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUTPUT=${output} -P ${PROJECT_SOURCE_DIR}/cmake/WriteEmbeddedPack.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/WriteEmbeddedPack.cmake
    COMMENT "Embedding the rule pack" VERBATIM)
endfunction()
