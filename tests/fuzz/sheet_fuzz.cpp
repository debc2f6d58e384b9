// Spreadsheets from outside: any octets give rows or one of the errors that the header names, within the
// limits.
#include "base/error.hpp"
#include "spreadsheet/spreadsheet.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace spreadsheet = educard::spreadsheet;
    const int file = ::memfd_create("sheet", MFD_CLOEXEC);
    if (::write(file, data, size) != static_cast<ssize_t>(size)) {
        std::abort();
    }
    const spreadsheet::Limits limits{.octets = 4U << 20U,
                                     .ratio = 50,
                                     .rows = 5000,
                                     .columns = 64,
                                     .cell_octets = 4096,
                                     .sheets = 8,
                                     .shared_strings_in_memory = 1024};
    try {
        const auto book = spreadsheet::open("/proc/self/fd/" + std::to_string(file), limits);
        for (std::size_t i = 0; i < book->sheet_names().size(); ++i) {
            const auto sheet = book->open_sheet(i);
            spreadsheet::Row row;
            std::size_t rows = 0;
            while (sheet->next_row(row)) {
                if (row.cells.size() > limits.columns || ++rows > limits.rows) {
                    std::abort();
                }
            }
        }
    } catch (const educard::Error& error) {
        if (error.fault() != educard::Fault::invalid) {
            std::abort();
        }
    }
    ::close(file);
    return 0;
}
