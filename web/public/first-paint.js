// Sets theme, text size and language before the first paint, so that nothing flashes. The same keys as src/app/preferences.ts.
(function () {
  try {
    var kept = JSON.parse(localStorage.getItem('educard.preferences') || '{}')
    var root = document.documentElement
    var dark = kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
    root.dataset.theme = dark ? 'dark' : 'light'
    if (kept.size === 'large') root.dataset.size = 'large'
    if (kept.language) root.lang = kept.language
  } catch (_) {
    // private mode without storage: the defaults stand
  }
})()
