package main

// rules are what two systems differ in. Everything else, people above all, is the
// same for both.
type rules struct {
	name string

	disable bool // strangers' failed attempts make device and key compulsory
	text    bool // a text message to one telephone number counts as a device
	advice  bool // the light asks for a further device
	drill   bool // the app asks for the key monthly in its first year
	guarded bool // who is signed in cannot change the account by that alone
	hidden  bool // the code is hidden until Allow

	pairWait   hours // a new device by password and key; 0: at once
	aloneWait  hours // a new password by a device alone; 0: never
	twoBeatOne bool  // who began a wait with two things is stopped by one thing only once
	renews     bool  // a key that was used is replaced
	drillLater hours // how often it asks after the first year

	// What no rule of ours is yet; see variants.
	demand   bool  // a further device must be trusted where one is owned
	copies   bool  // the kit insists on a second copy, on paper or in a password manager
	contacts bool  // people who were chosen stand in for the key
	textWait hours // a new device by password and text message; 0: never
	mailWait hours // a new device by password and a mail address outside; 0: never
}

// apple2013 are the ancestor's rules: any two of three, unless strangers failed at
// the name, and nobody to ask.
func apple2013() rules {
	return rules{name: "Apple 2013-15", disable: true, text: true}
}

// countersign are the rules of docs/protocol.md.
func countersign() rules {
	return rules{
		name: "Countersign", advice: true, drill: true, guarded: true, hidden: true, renews: true,
		pairWait: 24, aloneWait: 72, drillLater: 6 * month,
	}
}

// variants are our rules with one thing changed, to see what it gives.
func variants() []rules {
	vary := func(name string, change func(*rules)) rules {
		r := countersign()
		r.name = name
		change(&r)
		return r
	}
	return []rules{
		vary("no drill", func(r *rules) { r.drill = false }),
		vary("no advice for a further device", func(r *rules) { r.advice = false }),
		vary("no drill, no advice", func(r *rules) { r.drill, r.advice = false, false }),
		vary("a device alone never (policy 0)", func(r *rules) { r.aloneWait = 0 }),
		vary("strangers can disable, as in 2014", func(r *rules) { r.disable = true }),
		vary("two things stopped by one only once", func(r *rules) { r.twoBeatOne = true }),
		vary("drill monthly for ever", func(r *rules) { r.drillLater = month }),
		vary("further device demanded", func(r *rules) { r.demand = true }),
		vary("second copy of the key asked for", func(r *rules) { r.copies = true }),
		vary("recovery contacts", func(r *rules) { r.contacts = true }),
		vary("password + outside mail, 72 h", func(r *rules) { r.mailWait = 72 }),
		vary("drill monthly, second copy", func(r *rules) { r.drillLater, r.copies = month, true }),
		byMail(),
		vary("drill monthly, second copy, device demanded", func(r *rules) { r.drillLater, r.copies, r.demand = month, true, true }),
		vary("drill monthly, second copy, contacts", func(r *rules) { r.drillLater, r.copies, r.contacts = month, true, true }),
		byText(),
	}
}

// byText are our rules with the one change that reaches the goal by itself;
// docs/design/0007 weighs it.
func byText() rules {
	r := countersign()
	r.name = "password + text message, 72 h"
	r.textWait = 72
	return r
}

// byMail are our rules with changes that reach it and need no gateway for text.
func byMail() rules {
	r := countersign()
	r.name = "drill monthly, second copy, outside mail"
	r.drillLater, r.copies, r.mailWait = month, true, 72
	return r
}
