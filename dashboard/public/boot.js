// Runs before the first paint and before any module.

// zod would otherwise try `new Function` once, which our content policy refuses and reports.
globalThis.__zod_globalConfig = { jitless: true }

// So that a chosen theme does not flash in the other one.
try {
  const theme = localStorage.getItem('vastrox-theme')
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be blocked; the system's preference then decides.
}
