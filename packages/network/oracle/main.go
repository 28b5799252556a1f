// Command oracle prints the table that packages/network/src/cidr/cidr.test.ts compares our CIDR module with. Each line
// is one case as Go's net and net/netip packages, which Kubernetes is built on, decide it.
//
//	go run packages/network/oracle/main.go > packages/network/oracle/cidr.jsonl
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"math/rand"
	"net"
	"net/netip"
	"os"
)

type parseCase struct {
	Op        string `json:"op"`
	Text      string `json:"text"`
	OK        bool   `json:"ok"`
	Mapped    bool   `json:"mapped,omitempty"`
	Family    string `json:"family,omitempty"`
	Prefix    int    `json:"prefix"`
	Canonical string `json:"canonical,omitempty"`
	HostBits  bool   `json:"hostBits"`
	First     string `json:"first,omitempty"`
	Last      string `json:"last,omitempty"`
	Tenth     string `json:"tenth,omitempty"`
}

type addressCase struct {
	Op        string `json:"op"`
	Text      string `json:"text"`
	OK        bool   `json:"ok"`
	Canonical string `json:"canonical,omitempty"`
}

type pairCase struct {
	Op       string `json:"op"`
	A        string `json:"a"`
	B        string `json:"b"`
	Overlaps bool   `json:"overlaps"`
	Contains bool   `json:"contains"`
}

var written = []string{
	"", "/", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/0", "10.0.0.0/8", "10.0.0.0/08", "10.0.0.0/008", "10.0.0.0/32",
	"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.0 /8", "10.0.0.0/ 8", "10.0.0.0/8/8",
	"10.0.0/8", "10/8", "10.0.0.0.0/8", "010.0.0.0/8", "10.00.0.0/8", "10.0.0.256/8", "10.0.0.999/8", "0x0a.0.0.0/8", "10.0.0.1/8",
	"10.0.0.0/1e1", "10.0.0.0/٨", "１0.0.0.0/8", "10.0.0.0/99999999999999999999", "255.255.255.255/32", "0.0.0.0/0", "1.2.3.4/31",
	"172.25.0.0/16", "10.240.16.0/20", "10.240.17.0/20", "169.254.20.10/32", "100.64.30.10/32", "224.0.0.0/4",
	"::/0", "::/128", "::1/128", "fd01::/48", "fd02::/120", "fd02::/108", "FD01::/48", "fd01::1/48", "fd01:0:0:0:0:0:0:0/48",
	"fd01::/129", "fd01::/-1", "fd01::", "fd01:::/48", "fd01::1::/48", "fd01/48", "fd01:/48", ":fd01::/48", "1:2:3:4:5:6:7:8/64",
	"1:2:3:4:5:6:7:8:9/64", "1:2:3:4:5:6:7/64", "1:2:3:4:5:6:7::/64", "::2:3:4:5:6:7:8/64", "1::3:4:5:6:7:8/64",
	"1:2:3:4::5:6:7:8/64", "12345::/16", "g::/16", "fe80::1%eth0/64", "fe80::%25eth0/10", "fe80::/10%eth0", "ff00::/8",
	"00001::/16", "0001::/16", "1:2:3:4:5:6:1.2.3.4/96", "64:ff9b::1.2.3.4/96", "64:ff9b::01.2.3.4/96", "::1.2.3/96",
	"::1.2.3.4.5/96", "::ffff:10.0.0.0/104", "::ffff:10.0.0.0/96", "::ffff:0:0/96", "::ffff:a00:0/104", "::FFFF:10.0.0.1/128",
	"::ffff:10.0.0.0/64", "::fffe:10.0.0.0/104", "::10.0.0.0/104", "[fd01::]/48", "fd01::/48\n", "fd01::/048", "localhost/8",
	"10.0.0.0\\8", "10.0.0.0/8.0", "10,0,0,0/8", "1.2.3.4:80/8", "::ffff:010.0.0.0/104", "2001:db8::/32", "2001:DB8:0:0::1/32",
}

func main() {
	random := rand.New(rand.NewSource(1))
	texts := written
	for range 120 {
		texts = append(texts, randomPrefix(random).String())
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, text := range texts {
		must(out.Encode(parse(text)))
	}
	for _, text := range written {
		must(out.Encode(address(cut(text))))
	}
	for range 200 {
		a, b := randomPrefix(random).Masked(), randomPrefix(random).Masked()
		if random.Intn(2) == 0 {
			b = netip.PrefixFrom(a.Addr(), random.Intn(a.Addr().BitLen()+1)).Masked()
		}
		must(out.Encode(pairCase{"pair", a.String(), b.String(), a.Overlaps(b), a.Contains(b.Addr()) && a.Bits() <= b.Bits()}))
	}
}

func parse(text string) parseCase {
	result := parseCase{Op: "parse", Text: text}
	ip, network, err := net.ParseCIDR(text)
	if err != nil {
		return result
	}
	result.OK = true
	if address, err := netip.ParseAddr(cut(text)); err == nil && address.Is4In6() {
		result.Mapped = true
		return result
	}
	bits, _ := network.Mask.Size()
	base, ok := netip.AddrFromSlice(network.IP)
	if !ok {
		log.Fatalf("no address in %q", text)
	}
	prefix := netip.PrefixFrom(base, bits)
	result.Prefix = bits
	result.Canonical = prefix.String()
	result.HostBits = !ip.Equal(network.IP)
	result.Family = "IPv6"
	if base.Is4() {
		result.Family = "IPv4"
	}
	first := new(big.Int).SetBytes(base.AsSlice())
	last := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(base.BitLen()-bits)), big.NewInt(1))
	result.First = first.String()
	result.Last = last.Add(last, first).String()
	tenth := base
	for range 10 {
		tenth = tenth.Next()
	}
	if tenth.IsValid() && prefix.Contains(tenth) {
		result.Tenth = tenth.String()
	}
	return result
}

func address(text string) addressCase {
	parsed, err := netip.ParseAddr(text)
	if err != nil || parsed.Zone() != "" {
		return addressCase{Op: "address", Text: text}
	}
	return addressCase{"address", text, true, netip.AddrFrom16(parsed.As16()).Unmap().String()}
}

func randomPrefix(random *rand.Rand) netip.Prefix {
	if random.Intn(2) == 0 {
		var b [4]byte
		random.Read(b[:])
		return netip.PrefixFrom(netip.AddrFrom4(b), random.Intn(33))
	}
	var b [16]byte
	random.Read(b[:])
	return netip.PrefixFrom(netip.AddrFrom16(b), random.Intn(129))
}

func cut(text string) string {
	for i, c := range text {
		if c == '/' {
			return text[:i]
		}
	}
	return text
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
