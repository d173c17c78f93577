package recipe

import "reflect"

// File is one file of a program's configuration.
type File struct {
	Recipe string // its name
	Path   string // where Debian 12 has it; "" for the operator's own place
	Note   string // what to do with it, a sentence
}

// Program is a program that asks Countersign.
type Program struct {
	Name  string // as countersignd services config takes it
	Own   string // recipe of countersignd.toml
	Here  Values // what differs from Example
	Files []File
}

// Example gives the values of Example that fit the program.
func (p Program) Example() Values {
	v := Example()
	all, here := reflect.ValueOf(&v).Elem(), reflect.ValueOf(p.Here)
	for i := range here.NumField() {
		if text := here.Field(i).String(); text != "" {
			all.Field(i).SetString(text)
		}
	}
	return v
}

// Programs lists those that have recipes, in the order of the pages.
func Programs() []Program {
	return []Program{
		{"dovecot", "dovecot.toml", Values{Dir: "/etc/dovecot", Host: "mail.example.org"}, []File{
			{"dovecot.conf", "/etc/dovecot/conf.d/90-countersign.conf", "Take the computer's own users out of 10-auth.conf."},
			{"dovecot-ldap", "/etc/dovecot/countersign.conf.ext", ""},
			{"dovecot-lua.conf", "/etc/dovecot/conf.d/90-countersign.conf", "Or by HTTP, which tells from where somebody signs in."},
			{"dovecot.lua", "/etc/dovecot/countersign.lua", "For HTTP."},
			{"dovecot.sudoers", "/etc/sudoers.d/countersign-dovecot", "For cut: ending sessions of a removed app password."},
		}},
		{"prosody", "prosody.toml", Values{Host: "chat.example.org", SecretFile: "/etc/countersign/xmpp.secret"}, []File{
			{"prosody.cfg", "/etc/prosody/conf.d/countersign.cfg.lua", ""},
			{"prosody.sudoers", "/etc/sudoers.d/countersign-prosody", "For cut: ending sessions of a removed app password."},
		}},
		{"kamailio", "calls.toml", Values{Host: "sip.example.org", Listen: "192.0.2.10:5060"}, []File{{"kamailio", "/etc/kamailio/kamailio.cfg", "A whole registrar; or take its route COUNTERSIGN."}}},
		{"nginx", "calendar.toml", Values{}, []File{{"nginx", "", "Within the server { } of the page."}}},
		{"caddy", "calendar.toml", Values{}, []File{{"caddy", "/etc/caddy/Caddyfile", ""}}},
		{"radicale", "calendar.toml", Values{Listen: "127.0.0.1:5232"}, []File{{"radicale", "/etc/radicale/config", "Behind nginx or Caddy, and reached by nobody else."}}},
		{"apache", "apache.toml", Values{Host: "wiki.example.org", SecretFile: "/etc/countersign/wiki.secret"}, []File{{"apache.conf", "", "Within the VirtualHost of the page."}}},
		{"freeradius", "freeradius.toml", Values{}, []File{
			{"freeradius-site", "/etc/freeradius/3.0/sites-enabled/countersign", "In place of default and inner-tunnel."},
			{"freeradius-eap", "/etc/freeradius/3.0/mods-enabled/countersign-eap", "In place of eap."},
		}},
		{"sshd", "sshd.toml", Values{}, []File{
			{"pam_radius", "/etc/pam_radius_countersign.conf", "Readable by root only."},
			{"sshd-password.pam", "/etc/pam.d/sshd", "Password, then code."},
			{"sshd-password.conf", "/etc/ssh/sshd_config.d/countersign.conf", "Password, then code."},
			{"sshd-key.pam", "/etc/pam.d/sshd", "Or: key, then code."},
			{"sshd-key.conf", "/etc/ssh/sshd_config.d/countersign.conf", "Or: key, then code."},
		}},
		{"sudo", "sudo.toml", Values{}, []File{
			{"pam_radius", "/etc/pam_radius_countersign.conf", "Readable by root only."},
			{"sudo.pam", "/etc/pam.d/sudo", ""},
		}},
	}
}

// Find gives a program by its name.
func Find(name string) (Program, bool) {
	for _, p := range Programs() {
		if p.Name == name {
			return p, true
		}
	}
	return Program{}, false
}
