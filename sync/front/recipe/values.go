package recipe

import "reflect"

// Values stand in recipes for what is chosen at each place. Hosts are names or
// addresses, ports decimal, files absolute.
type Values struct {
	Service  string // identifier of the service; "" leaves the recipe's own
	Realm    string // of its digests, or the domain of its names
	URL      string // of countersignd for programs on the same computer, without a slash at the end
	Host     string // by which people call the program: "mail.example.org"
	Upstream string // what a web server passes people on to, "http://127.0.0.1:5232"

	LDAP, LDAPHost, LDAPPort       string // where countersignd answers LDAP: "127.0.0.1:3890"
	RADIUS, RADIUSHost, RADIUSPort string // where it answers RADIUS

	Secret, SecretFile string // what a program shares with countersignd
	PAMRadius          string // file of pam_radius_auth

	Listen, Port string // where the program itself listens
	Cert, Key    string // files with the program's certificate and its key
	Dir          string // a folder of the program's own
}

// Example gives the values that the pages show.
func Example() Values {
	return Values{
		Realm: "example.org", URL: "http://127.0.0.1:7420", Host: "calendar.example.org", Upstream: "http://127.0.0.1:5232",
		LDAP: "127.0.0.1:3890", LDAPHost: "127.0.0.1", LDAPPort: "3890",
		RADIUS: "127.0.0.1:11812", RADIUSHost: "127.0.0.1", RADIUSPort: "11812",
		Secret: "SECRET", SecretFile: "/etc/countersign/radius.secret", PAMRadius: "/etc/pam_radius_countersign.conf",
		Listen: "0.0.0.0", Port: "1812",
		Cert: "/etc/ssl/example.org/fullchain.pem", Key: "/etc/ssl/example.org/privkey.pem",
		Dir: "/var/lib/radicale/collections",
	}
}

// service gives the identifier that a recipe writes: its own unless another is chosen.
func (v Values) service(own string) string {
	if v.Service != "" {
		return v.Service
	}
	return own
}

// named gives the values that are there by their names.
func (v Values) named() map[string]string {
	out := make(map[string]string)
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		if text := s.Field(i).String(); text != "" {
			out[s.Type().Field(i).Name] = text
		}
	}
	return out
}
