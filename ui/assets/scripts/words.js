// The sentences that scripts show, in the language of the page.

export function words() {
  const { fsAway: noAnswer, fsFailed: failedNotice } = document.documentElement.dataset; // of a page of its own
  return window.fundstelle?.words() ?? { noAnswer, failedNotice };
}

// Return the language of the page as a parameter of an address, or nothing where the browser's own decides.
export function language() {
  return new URLSearchParams(location.search).get("lang") ?? document.documentElement.lang;
}
