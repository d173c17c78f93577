package main

// rules are what two systems differ in. Everything else, people above all, is the
// same for both.
type rules struct {
	name string

	disable bool // strangers' failed attempts make device and key compulsory
	text    bool // a text message to one telephone number counts as a device
	advice  bool // the light asks for a further device
	drill   bool // the app asks for the key, monthly at first
	copies  bool // the light asks for a second copy elsewhere, until it is said to be kept
	guarded bool // who is signed in cannot change the account by that alone
	hidden  bool // the code is hidden until Allow

	pairWait   hours // a new device by password and key; 0: at once
	aloneWait  hours // a new password by a device alone; 0: never
	twoBeatOne bool  // who began a wait with two things is stopped by one thing only once
	renews     bool  // a key that was used is replaced
	drillEarly hours // of a key's life, in which it asks monthly
	drillLater hours // how often it asks after that

	renewWait hours // the operator begins the account anew; 0: not counted

	// What no rule of ours is yet; see variants.
	demand   bool  // a further device must be trusted where one is owned
	contacts bool  // people who were chosen stand in for the key
	textWait hours // a new device by password and text message; 0: never
	mailWait hours // a new device by password and a mail address outside; 0: never
}

// apple2013 are the ancestor's rules: any two of three, unless strangers failed at
// the name, and nobody to ask.
func apple2013() rules {
	return rules{name: "Apple 2013-15", disable: true, text: true}
}

// appleHelped gives the ancestor the operator that it never had, to be fair.
func appleHelped() rules {
	r := apple2013()
	r.name, r.renewWait = "Apple 2013-15, with such an operator", 72
	return r
}

// countersign are the rules of docs/protocol.md that need nobody's help.
func countersign() rules {
	return rules{
		name: "Countersign", advice: true, drill: true, copies: true, guarded: true, hidden: true, renews: true,
		pairWait: 24, aloneWait: 72, drillLater: month,
	}
}

// but are our rules with one thing changed.
func but(name string, change func(*rules)) rules {
	r := countersign()
	r.name = name
	change(&r)
	return r
}

// byOperator are our rules with §10.8 besides. It is a person's decision, and what
// it gives is an account begun anew; so it is told apart from what the rules give.
func byOperator() rules {
	return but("with the operator's last resort", func(r *rules) { r.renewWait = 72 })
}

// played are all sets of rules, the one that others are held to first.
func played() []rules {
	return append([]rules{apple2013(), countersign(), byOperator()}, variants()...)
}

// variants show what each rule gives, and what others would.
func variants() []rules {
	return []rules{
		but("no drill", func(r *rules) { r.drill = false }),
		but("drill monthly for half a year, then every second", seldom),
		but("no second copy asked for", func(r *rules) { r.copies = false }),
		but("both of these", atFirst),
		but("both of these, with the operator's last resort", func(r *rules) { atFirst(r); r.renewWait = 72 }),
		but("no advice for a further device", func(r *rules) { r.advice = false }),
		but("no drill, no advice, no second copy", func(r *rules) { r.drill, r.advice, r.copies = false, false, false }),
		but("a device alone never (policy 0)", func(r *rules) { r.aloneWait = 0 }),
		but("strangers can disable, as in 2014", func(r *rules) { r.disable = true }),
		but("two things stopped by one only once", func(r *rules) { r.twoBeatOne = true }),
		but("further device demanded", func(r *rules) { r.demand = true }),
		but("recovery contacts", func(r *rules) { r.contacts = true }),
		but("recovery contacts, further device demanded", func(r *rules) { r.contacts, r.demand = true, true }),
		byMail(),
		byText(),
		appleHelped(),
	}
}

// atFirst is how the app began: fewer drills, and nobody asks for a second copy.
func atFirst(r *rules) { seldom(r); r.copies = false }

// seldom is the drill of that time.
func seldom(r *rules) { r.drillEarly, r.drillLater = 6*month, 2*month }

// byText has a third row, by text message; docs/design/0007 weighs it.
func byText() rules {
	return but("password + text message, 72 h", func(r *rules) { r.textWait = 72 })
}

// byMail has that row by a mail address outside, which needs no gateway for text.
func byMail() rules {
	return but("password + outside mail, 72 h", func(r *rules) { r.mailWait = 72 })
}
