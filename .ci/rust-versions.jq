# Reads `cargo metadata`. Prints each crate that declares an older Rust than one of its dependencies
# needs. Dev-dependencies are left out.
def version: (. // "0") | split(".") | map(tonumber) + [0, 0] | .[:3];

(.packages | INDEX(.id)) as $packages
| (.resolve.nodes | INDEX(.id)
    | map_values([.deps[] | select(any(.dep_kinds[]; .kind != "dev")) | .pkg])) as $needs
| def with_dependencies: . + [.[] | $needs[.][]] | unique;
  .workspace_members[] as $member
| $packages[$member] as $crate
| [$member] | until(. == with_dependencies; with_dependencies) | .[]
| $packages[.] | select((.rust_version | version) > ($crate.rust_version | version))
| "\($crate.name) declares Rust \($crate.rust_version), but \(.name) \(.version) needs \(.rust_version)"
