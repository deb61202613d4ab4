// Back must not show what a log-out has hidden.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && "private" in document.body.dataset) location.reload();
});
