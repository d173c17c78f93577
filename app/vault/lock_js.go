package vault

import "os"

// lockNow has nothing to do: a page in a browser shares no files.
func lockNow(*os.File) error { return nil }
