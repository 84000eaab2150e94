/* Names of environments: SHA-256, as digits and as bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/hash.h"
#include "tests/unit/unit.h"

/* The examples of FIPS 180-4 and of NIST's "SHA256.pdf", and lengths around the edges of padding. */
static const struct {
	char byte;
	size_t count; /* how many of byte; 0: text is hashed */
	const char *text;
	const char *digest;
} digests[] = {
	{ 0, 0, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ 0, 0, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ 0, 0, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ 0, 0,
	  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmn"
	  "opqrst"
	  "nopqrstu",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	{ 'a', 1000000, NULL, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	{ '\xbd', 1, NULL, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b" },
	{ '\0', 55, NULL, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7" },
	{ '\0', 56, NULL, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb" },
	{ '\0', 57, NULL, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785" },
	{ '\0', 64, NULL, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b" },
	{ '\0', 1000, NULL, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53" },
	{ 'A', 1000, NULL, "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4" },
};

START_TEST(sha256_is_the_standards)
{
	size_t length = digests[_i].text ? strlen(digests[_i].text) : digests[_i].count;
	char *bytes = malloc(length ? length : 1);
	char hash[ENVIRONMENT_HASH_SIZE];

	if (digests[_i].text)
		memcpy(bytes, digests[_i].text, length);
	else
		memset(bytes, digests[_i].byte, length);
	hash_make(bytes, length, hash);
	ck_assert_str_eq(hash, digests[_i].digest);
	free(bytes);
}
END_TEST

START_TEST(a_name_is_64_digits_in_lower_case)
{
	char hash[ENVIRONMENT_HASH_SIZE], back[ENVIRONMENT_HASH_SIZE];
	unsigned char bytes[SHA256_SIZE];

	hash_make("abc", 3, hash);
	ck_assert_int_eq(hash_to_bytes(hash, bytes), 0);
	hash_from_bytes(bytes, back);
	ck_assert_str_eq(back, hash);
	ck_assert_int_eq(hash_to_bytes("", bytes), -EINVAL);
	ck_assert_int_eq(hash_to_bytes(hash + 1, bytes), -EINVAL);
	hash[0] = 'B';
	ck_assert_int_eq(hash_to_bytes(hash, bytes), -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");

	tcase_add_loop_test(tcase, sha256_is_the_standards, 0, sizeof(digests) / sizeof(*digests));
	tcase_add_test(tcase, a_name_is_64_digits_in_lower_case);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
