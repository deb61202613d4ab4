// The page for when there is no connection: it is there only until there is one. Somebody who reloads by hand goes first.
addEventListener("online", () => setTimeout(() => location.reload(), 1000));
