const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const text = (value) => String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character])

/** One page, no scripts, no files besides it. */
export const page = ({ name, release, commit, secure }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(name)} is running</title>
<style>
  :root { --ink: #17202a; --soft: #5d6b7a; --line: #dde3e9; --card: #fff; --ground: #f3f6f9; --accent: #2f6fed }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #eef2f6; --soft: #9aa8b6; --line: #2a3440; --card: #171d24; --ground: #0e1217; --accent: #7aa7ff }
  }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
    background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }
  main { width: min(34rem, 100%); padding: 2.5rem 2rem; border: 1px solid var(--line);
    border-radius: 1rem; background: var(--card) }
  h1 { margin: 0 0 .5rem; font-size: 1.75rem; line-height: 1.2 }
  p { margin: 0 0 1.5rem; color: var(--soft) }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; margin: 0 }
  dt { color: var(--soft) }
  dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
  .dot { display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; background: #2fb36d }
  code { color: var(--accent) }
</style>
</head>
<body>
<main>
  <h1><span class="dot" aria-hidden="true"></span>${text(name)} is running</h1>
  <p>Change something, commit it, and <code>git push</code>: this page follows without missing a request.</p>
  <dl>
    <dt>Release</dt><dd>${text(release)}</dd>
    <dt>Commit</dt><dd>${text(commit)}</dd>
    <dt>Node.js</dt><dd>${text(process.version)}</dd>
    <dt>Connection</dt><dd>${secure ? 'HTTPS' : 'HTTP'}</dd>
  </dl>
</main>
</body>
</html>
`
