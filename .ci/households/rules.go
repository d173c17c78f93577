package main

// rules are what two systems differ in. Everything else, people above all, is the
// same for both.
type rules struct {
	name string

	disable bool // strangers' failed attempts make device and key compulsory
	text    bool // a text message to one telephone number counts as a device
	advice  bool // the light asks for a further device
	drill   bool // the app asks for the key now and then
	guarded bool // who is signed in cannot change the account by that alone
	hidden  bool // the code is hidden until Allow

	pairWait   hours // a new device by password and key; 0: at once
	aloneWait  hours // a new password by a device alone; 0: never
	twoBeatOne bool  // who began a wait with two things is stopped by one thing only once
	renews     bool  // a key that was used is replaced
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
		pairWait: 24, aloneWait: 72,
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
	}
}
