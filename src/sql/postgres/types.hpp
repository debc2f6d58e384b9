#pragma once
// Numbers of the server's types that we read and write in binary (pg_type.dat; they never change).

#include <libpq-fe.h>

namespace educard::sql::postgres {

enum TypeNumber : Oid {
    kBool = 16,
    kBytea = 17,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kFloat4 = 700,
    kFloat8 = 701,
    kUnknown = 705,
    kBpchar = 1042,
    kVarchar = 1043,
    kNumeric = 1700,
};

}  // namespace educard::sql::postgres
