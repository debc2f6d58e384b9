# Puts files into the program: migrations, message texts, shipped facts and the built web client. They are found at
# run time by their name (src/base/resources.hpp). Regenerated when a file is added, changed or removed.
function(edu_embed target)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS
        ${CMAKE_SOURCE_DIR}/src/*/messages.json ${CMAKE_SOURCE_DIR}/src/*.sql ${CMAKE_SOURCE_DIR}/data/*)
    set(EDU_WEB_DIST ${CMAKE_SOURCE_DIR}/build/web/dist CACHE PATH "The built web client")
    file(GLOB_RECURSE web_files CONFIGURE_DEPENDS ${EDU_WEB_DIST}/*)
    set(assembly ".section .rodata\n")
    set(table "")
    set(declarations "")
    set(index 0)
    set(sorted ${files} ${web_files})
    list(SORT sorted)
    foreach(file ${sorted})
        if(file MATCHES "^${EDU_WEB_DIST}/")
            file(RELATIVE_PATH name ${EDU_WEB_DIST} ${file})
            set(name "web/${name}")
        else()
            file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${file})
            string(REGEX REPLACE "^src/" "" name ${name})
        endif()
        string(APPEND assembly
            ".balign 16\n.global edu_resource_${index}\nedu_resource_${index}:\n.incbin \"${file}\"\n"
            ".global edu_resource_${index}_end\nedu_resource_${index}_end:\n.byte 0\n")
        string(APPEND declarations "extern const char edu_resource_${index}[];\nextern const char edu_resource_${index}_end[];\n")
        string(APPEND table "    {\"${name}\", edu_resource_${index}, edu_resource_${index}_end},\n")
        math(EXPR index "${index} + 1")
    endforeach()
    string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/resources.S CONTENT "${assembly}" @ONLY)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/resources.cpp @ONLY CONTENT
"#include \"base/resources.hpp\"
extern \"C\" {
${declarations}}
namespace educard {
extern const EmbeddedFile kEmbeddedFiles[] = {
${table}};
extern const unsigned long kEmbeddedFileCount = ${index};
}  // namespace educard
")
    add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/resources.S ${CMAKE_BINARY_DIR}/resources.cpp)
    set_source_files_properties(${CMAKE_BINARY_DIR}/resources.S PROPERTIES OBJECT_DEPENDS "${sorted}")
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src)
endfunction()
