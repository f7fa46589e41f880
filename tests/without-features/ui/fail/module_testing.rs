use siohook::testing::Sample;

fn main() {
    Sample::of("SALE_NEW");
}
