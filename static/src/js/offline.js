// The page for when there is no connection: it is there only until there is one.
addEventListener("online", () => location.reload());
