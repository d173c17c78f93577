package main

const help = `countersignd: the sync backend of Countersign.

  countersignd [serve] [--data DIR] [--listen ADDR] [--public-url URL]
  countersignd invite NAME [--data DIR] [--json] [--qr]
  countersignd renew NAME [--data DIR] [--json]
  countersignd accounts [--data DIR] [--json]
  countersignd services [--data DIR] [--config FILE] [--json]
  countersignd services config PROGRAM --service ID [--url URL]
  countersignd selftest [--data DIR] [--service ID] [--json]
  countersignd version [--json]

serve     Serve devices and pages until SIGINT or SIGTERM. The first start makes
          everything it needs. Prints one line when it is ready:
          listening on http://127.0.0.1:7420
          The log is on standard error, a JSON object a line.
  --data DIR            where everything is kept; default the user's data
                        folder, such as ~/.local/share/countersignd
  --listen ADDR         where to listen; port 0 lets the system choose
                        (default localhost:7420)
  --public-url URL      how people and devices call this server: https://host,
                        or http:// on this computer only; devices remember it
  --name NAME           what people call this server (default its host)
  --config FILE         gateways for messages, services (docs/operate.md)
                        (default countersignd.toml in DIR, if it is there)
  --ldap ADDR           answer LDAP there, whatever [ldap] listen says
  --radius ADDR         answer RADIUS there, whatever [radius] listen says
  --trusted-proxy CIDR  believe X-Forwarded-For from there (a network or an
                        address); may be repeated
  --tls-cert FILE       with --tls-key: serve TLS without a web server in front
  --tls-key FILE
  --metrics             serve /metrics to other computers too
  --log-level LEVEL     debug, info, warn or error (default info)

invite    Print a link that lets somebody set up the account NAME, once, within
          7 days; on a terminal, or with --qr, also as a QR code. Works while
          the server runs. In a folder never started, say --public-url.
renew     The last resort for somebody who has lost password, devices and
          recovery key, and whom you know: begin the account NAME anew. It
          waits 72 hours, in which all devices and addresses are told and any
          one of the three things stops it. Run it again after that: it prints
          the link with which the account is set up anew. The old one ends then.
accounts  List the accounts.
services  List the services that are configured. With config, print what belongs
          into the files of a program that asks for one: dovecot, prosody,
          kamailio, nginx, caddy, radicale, apache, freeradius, sshd or sudo.
          --url is where that program reaches this server
          (default http://127.0.0.1:7420).
selftest  Play every service from outside, as its clients do, and say what opens
          it that should not: the password of the account, a removed, expired or
          foreign app password, anything. It makes an account for that and ends
          it. For monitoring: see the exit codes.
  --service ID          try this one only
  --name NAME           for services that know certain names only; it must
                        have no account here
  --ca FILE             believe certificates of this authority too

Exit codes: 0 done, 1 failed, 2 wrong usage. selftest: 0 nothing is open, 1
something could not be examined, 3 something is open that should not be.

Examples:
  countersignd
  countersignd --data /var/lib/countersign --public-url https://id.example.org \
      --trusted-proxy 127.0.0.1
  countersignd invite anna --data /var/lib/countersign
  countersignd renew anna
  countersignd accounts --json
`
