#!/usr/bin/env bash
# Writes `seeds/verify` and `seeds/forwarded`: one input for each fixture and each piece of a header.
#
# These targets decode their input from bytes with `arbitrary`, in the order of the fields. A number
# takes the bytes of its type. An enum takes four; zeros are the first variant. `Rare`, `Option`,
# `bool` and "has another item" take one; zero means no. Missing bytes are zeros.
# `cargo fuzz fmt -s none TARGET FILE` prints the decoded input.
set -euo pipefail
cd "$(dirname "$0")/seeds"
rm -rf verify forwarded
mkdir verify forwarded

# Writes bytes that are given in hex.
bytes() { printf "$(tr -d ' ' <<<"$*" | sed 's/../\\x&/g')"; }

# Every secret and token is trusted. Each request has a token, and half are signed.
setup="00 00 00 00 00 00 00 00 00"
request="00 00000000 00 00"
unsigned="00"
signed="01 00 00 00 00"
no_headers="00"
fixtures=(../../fixtures/{automation,account}/*.json)
for number in "${!fixtures[@]}"; do
    fixture="00000000 $(printf %02x "$number")"
    bytes "$setup $request $unsigned $no_headers $fixture" >"verify/token-$number"
    bytes "$setup $request $signed $no_headers $fixture" >"verify/signed-$number"
done

# The peer is a proxy. Its line holds a piece, and then another proxy.
peer="01 00000000 01"
none="00"
for number in {0..19}; do
    piece="01 00000000 $(printf %02x "$number")"
    comma="01 00000000 09"
    proxy="01 00000000 01"
    for_="01 00000000 0c"
    bytes "$peer 01 $piece $comma $proxy 00 00 $none" >"forwarded/x-forwarded-for-$number"
    bytes "$peer $none 01 $for_ $piece $comma $for_ $proxy 00 00" >"forwarded/forwarded-$number"
done
