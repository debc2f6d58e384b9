#pragma once
// An entry as it is kept, opened.

#include "crypto/field_cipher.hpp"
#include "modules/roster/roster.hpp"
#include "modules/roster/store.hpp"

namespace educard::roster {

Entry entry_of(const crypto::FieldCipher& cipher, const store::EntryRecord& record);

}  // namespace educard::roster
