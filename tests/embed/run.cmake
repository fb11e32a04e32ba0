# Installs the build, builds an embedder's program against it, runs it on a trace with a known cause.
# cmake -DBUILD=… -DSOURCE=… -DWORK=… -DCOMPILER=… [-DFLAGS=…] -P run.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " line "${ARGN}")
    message(FATAL_ERROR "${line}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
foreach(part bin/rdptriage include/rdptriage/rdptriage.hpp share/man/man1/rdptriage.1 share/rdptriage/rules/codes/pairs.yml)
  if(NOT EXISTS ${WORK}/installed/${part})
    message(FATAL_ERROR "not installed: ${part}")
  endif()
endforeach()
run(${CMAKE_COMMAND} -S ${SOURCE}/project -B ${WORK}/build -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/installed
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK}/build)

file(WRITE ${WORK}/trace.log "[19:35:43:788] [9744:9759] [ERROR][com.freerdp.core.gateway.rdg] - Unexpected HTTP status: 502\n")
run(${WORK}/build/embedder ${WORK}/trace.log)
if(NOT output MATCHES "gateway-http.502")
  message(FATAL_ERROR "the embedder did not name the cause:\n${output}")
endif()
