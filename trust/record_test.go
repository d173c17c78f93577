package trust

import (
	"strings"
	"testing"
)

func TestDeviceCheck(t *testing.T) {
	good, _ := newDevice(t, "Anna's phone")
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, k := range []Kind{Phone, Laptop, Desktop, Tablet, Terminal} {
		d := good
		d.Kind = k
		if err := d.Check(); err != nil {
			t.Errorf("kind %q: %v", k, err)
		}
	}
	for name, change := range map[string]func(*Device){
		"zero id stands for a recovery key": func(d *Device) { d.ID = DeviceID{} },
		"no name":                           func(d *Device) { d.Name = "" },
		"unknown kind":                      func(d *Device) { d.Kind = "toaster" },
		"no kind":                           func(d *Device) { d.Kind = "" },
		"KEM key cut":                       func(d *Device) { d.KEM = d.KEM[1:] },
		"no KEM key":                        func(d *Device) { d.KEM = nil },
	} {
		d := good
		change(&d)
		if err := d.Check(); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, good := range []string{"a", "Anna", "Anna's phone", "Ännchen", "手机", "هاتف", repeat("x", 64), "a b", "100 %"} {
		if err := CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for name, bad := range map[string]string{
		"empty":                 "",
		"65 bytes":              repeat("x", 65),
		"65 bytes of runes":     repeat("手", 22),
		"space in front":        " a",
		"space behind":          "a ",
		"line break":            "a\nb",
		"tab":                   "a\tb",
		"zero byte":             "a\x00b",
		"escape":                "a\x1b[31m",
		"not UTF-8":             "a\xff",
		"turns text around":     "a\u202eb",
		"isolates":              "a\u2066b",
		"hidden joiner":         "a\u200bb",
		"byte order mark":       "\ufeffa",
		"no-break space":        "a\u00a0b",
		"line separator":        "a\u2028b",
		"soft hyphen":           "a\u00adb",
		"private use":           "a\ue000b",
		"only a combining mark": " \u0301",
	} {
		if err := CheckName(bad); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerifierCheck(t *testing.T) {
	good, _ := newVerifier(t)
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Verifier){
		"zero id":        func(v *Verifier) { v.ID = VerifierID{} },
		"no origin":      func(v *Verifier) { v.Origin = "" },
		"long origin":    func(v *Verifier) { v.Origin = "https://" + repeat("a", 248) },
		"space":          func(v *Verifier) { v.Origin = "https://a b" },
		"line break":     func(v *Verifier) { v.Origin = "https://a\nb" },
		"turned around":  func(v *Verifier) { v.Origin = "https://a\u202eb" },
		"KEM key broken": func(v *Verifier) { v.KEM = make([]byte, 10) },
	} {
		v := good
		change(&v)
		if err := v.Check(); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPolicyCheck(t *testing.T) {
	if err := DefaultPolicy().Check(); err != nil {
		t.Fatal(err)
	}
	if w := DefaultPolicy().Wait().Hours(); w != 24 {
		t.Errorf("default wait is %v h", w)
	}
	for name, c := range map[string]struct {
		p  Policy
		ok bool
	}{
		"six digits":               {Policy{Digits: 6}, true},
		"longest wait":             {Policy{Digits: 4, RecoveryWait: 168, DeviceAloneWait: 8760, SameNetwork: NetworkRequire}, true},
		"no policy":                {Policy{}, false},
		"five digits":              {Policy{Digits: 5}, false},
		"eight digits":             {Policy{Digits: 8}, false},
		"wait of more than a week": {Policy{Digits: 4, RecoveryWait: 169}, false},
		"device alone over a year": {Policy{Digits: 4, DeviceAloneWait: 8761}, false},
		"unknown network rule":     {Policy{Digits: 4, SameNetwork: 3}, false},
	} {
		if got := c.p.Check() == nil; got != c.ok {
			t.Errorf("%s: accepted %v", name, got)
		}
	}
}

func TestRecoveryCheck(t *testing.T) {
	k := newKeys(t, "r")
	for name, c := range map[string]struct {
		r  Recovery
		ok bool
	}{
		"paper":        {Recovery{Which: Paper, Sign: k.SignKey(), KEM: k.KEMKey()}, true},
		"contacts":     {Recovery{Which: Contacts, Sign: k.SignKey(), KEM: k.KEMKey()}, true},
		"unknown kind": {Recovery{Which: 2, Sign: k.SignKey(), KEM: k.KEMKey()}, false},
		"no KEM key":   {Recovery{Which: Paper, Sign: k.SignKey()}, false},
	} {
		if got := c.r.Check() == nil; got != c.ok {
			t.Errorf("%s: accepted %v", name, got)
		}
	}
}

func TestCredentialCheck(t *testing.T) {
	good := Credential{ID: [16]byte{1}, Kind: AppPassword, Service: "imap", Label: "Mail on laptop", Verifier: make([]byte, 32)}
	for name, c := range map[string]struct {
		change func(*Credential)
		ok     bool
	}{
		"app password":                    {func(*Credential) {}, true},
		"passkey":                         {func(c *Credential) { c.Kind, c.Verifier = Passkey, make([]byte, 77) }, true},
		"offline code":                    {func(c *Credential) { c.Kind = OfflineCode }, true},
		"zero id, which means all":        {func(c *Credential) { c.ID = [16]byte{} }, false},
		"unknown kind":                    {func(c *Credential) { c.Kind = "password" }, false},
		"no service":                      {func(c *Credential) { c.Service = "" }, false},
		"no label":                        {func(c *Credential) { c.Label = "" }, false},
		"label that turns text":           {func(c *Credential) { c.Label = "a\u202e" }, false},
		"app password verifier too short": {func(c *Credential) { c.Verifier = make([]byte, 31) }, false},
		"app password verifier too long":  {func(c *Credential) { c.Verifier = make([]byte, 33) }, false},
		"passkey without key":             {func(c *Credential) { c.Kind, c.Verifier = Passkey, nil }, false},
		"passkey too long":                {func(c *Credential) { c.Kind, c.Verifier = Passkey, make([]byte, 2049) }, false},
		"sealed too long":                 {func(c *Credential) { c.Sealed = make([]byte, 8<<10+1) }, false},
	} {
		cred := good
		c.change(&cred)
		if got := cred.Check() == nil; got != c.ok {
			t.Errorf("%s: accepted %v", name, got)
		}
	}
}

func TestNamesThatDrawNothingAreNone(t *testing.T) {
	for _, name := range []string{"\u3164", "\u115f\u1160", "\u2800", "a\u034fb", "\uffa0"} {
		if CheckName(name) == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

func TestPrintableKeepsWhatCanBeShown(t *testing.T) {
	for in, want := range map[string]string{
		"Grüße, 東京": "Grüße, 東京", "a\x1b[2Jb": "a?[2Jb", "\u202egnol": "?gnol", "bad\xffbytes": "bad?bytes",
	} {
		if got := Printable(in, 64); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	if got := Printable(strings.Repeat("W", 99), 64); len(got) > 64 || len(got) < 60 {
		t.Errorf("a long text is shown with %d bytes", len(got))
	}
}
