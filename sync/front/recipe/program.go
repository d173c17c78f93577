package recipe

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
	Files []File
}

// Programs lists those that have recipes, in the order of the pages.
func Programs() []Program {
	return []Program{
		{"dovecot", "dovecot.toml", []File{
			{"dovecot.conf", "/etc/dovecot/conf.d/90-countersign.conf", "Take the computer's own users out of 10-auth.conf."},
			{"dovecot-ldap", "/etc/dovecot/countersign.conf.ext", ""},
			{"dovecot.sudoers", "/etc/sudoers.d/countersign-dovecot", "For cut: ending sessions of a removed app password."},
		}},
		{"prosody", "prosody.toml", []File{
			{"prosody.cfg", "/etc/prosody/conf.d/countersign.cfg.lua", ""},
			{"prosody.sudoers", "/etc/sudoers.d/countersign-prosody", "For cut: ending sessions of a removed app password."},
		}},
		{"kamailio", "calls.toml", []File{{"kamailio", "/etc/kamailio/kamailio.cfg", "A whole registrar; or take its route COUNTERSIGN."}}},
		{"nginx", "calendar.toml", []File{{"nginx", "", "Within the server { } of the page."}}},
		{"caddy", "calendar.toml", []File{{"caddy", "/etc/caddy/Caddyfile", ""}}},
		{"radicale", "calendar.toml", []File{{"radicale", "/etc/radicale/config", "Behind nginx or Caddy, and reached by nobody else."}}},
		{"apache", "apache.toml", []File{{"apache.conf", "", "Within the VirtualHost of the page."}}},
		{"freeradius", "freeradius.toml", []File{
			{"freeradius-site", "/etc/freeradius/3.0/sites-enabled/countersign", "In place of default and inner-tunnel."},
			{"freeradius-eap", "/etc/freeradius/3.0/mods-enabled/countersign-eap", "In place of eap."},
		}},
		{"sshd", "sshd.toml", []File{
			{"pam_radius", "/etc/pam_radius_countersign.conf", "Readable by root only."},
			{"sshd-password.pam", "/etc/pam.d/sshd", "Password, then code."},
			{"sshd-password.conf", "/etc/ssh/sshd_config.d/countersign.conf", "Password, then code."},
			{"sshd-key.pam", "/etc/pam.d/sshd", "Or: key, then code."},
			{"sshd-key.conf", "/etc/ssh/sshd_config.d/countersign.conf", "Or: key, then code."},
		}},
		{"sudo", "sudo.toml", []File{
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
