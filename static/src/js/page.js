// The page all other files work on: what is found in it, what is heard on it, and whose it is.
export const find = (selector) => document.querySelector(selector);
export const on = (name, act) => document.addEventListener(name, act);

export const user = document.body.dataset.user; // a mark, see `visitor.mark`; none on a guest's page

// A field checked while typing: when that fails, the form itself will say so.
export const isCheck = (ctx) => ctx.sourceElement.matches("input");
