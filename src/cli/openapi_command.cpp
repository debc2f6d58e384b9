#include "cli/commands.hpp"
#include "cli/platform.hpp"
#include "http/openapi.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

namespace educard::cli {

namespace {

/// The routes refer to modules, and modules need an installation: one that lives for the length of the
/// command.
class ScratchFolder {
public:
    ScratchFolder() : path_((std::filesystem::temp_directory_path() / "educard-XXXXXX").string()) {
        if (mkdtemp(path_.data()) == nullptr) {
            throw Error(Fault::internal, "cli.data_folder").with("folder", path_).with("fault", "mkdtemp");
        }
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

int print_document() {
    const ScratchFolder folder;
    Settings settings;
    settings.data = folder.path();
    Platform platform(settings);
    http::Routes routes;
    add_all_routes(routes, platform.modules());
    std::printf("%s\n", http::openapi_document(routes, EDUCARD_VERSION).c_str());
    return 0;
}

}  // namespace

void add_openapi_command(CLI::App& app, const Settings& /*settings*/, Chosen& chosen) {
    app.add_subcommand("openapi", "Print the API description (OpenAPI 3.1)")->callback([&] {
        chosen = print_document;
    });
}

}  // namespace educard::cli
