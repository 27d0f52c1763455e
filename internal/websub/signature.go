package websub

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // WebSub §8 has it; as an HMAC it is not broken
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"
)

// methods are those of WebSub §8.
var methods = map[string]func() hash.Hash{
	"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

// signed reports whether header, an X-Hub-Signature such as "sha256=0a1b…", is that of
// whoever knows the secret, over body. Without a secret nothing is signed.
func signed(secret, header string, body []byte) bool {
	method, value, _ := strings.Cut(strings.TrimSpace(header), "=")
	newHash := methods[strings.ToLower(method)]
	if secret == "" || newHash == nil {
		return false
	}
	said, err := hex.DecodeString(value)
	if err != nil {
		return false
	}
	mac := hmac.New(newHash, []byte(secret))
	_, _ = mac.Write(body) // a hash takes everything
	return hmac.Equal(said, mac.Sum(nil))
}
