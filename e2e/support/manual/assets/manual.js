// Search and copying. Everything else of the documentation works without a script.

const LEAST_LETTERS = 2
const MOST_FOUND = 12
const AROUND = 70

const form = document.querySelector('form.search')
const input = form.querySelector('input')
const list = document.querySelector('#found')
let loading

form.hidden = false
form.addEventListener('submit', (event) => {
  event.preventDefault()
  list.querySelector('a')?.click()
})
input.addEventListener('focus', () => void load())
input.addEventListener('input', () => void search())
form.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') return hide()
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...list.querySelectorAll('a')]
  if (links.length === 0) return
  event.preventDefault()
  const at = links.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)
  ;(links[at] ?? input).focus()
})
document.addEventListener('click', (event) => {
  if (!form.contains(event.target)) hide()
})
document.addEventListener('keydown', (event) => {
  if (
    event.key !== '/' ||
    event.ctrlKey ||
    event.metaKey ||
    /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)
  )
    return
  event.preventDefault()
  input.focus()
})

function load() {
  loading ??= fetch('/docs/search.json')
    .then((reply) => (reply.ok ? reply.json() : Promise.reject(new Error(String(reply.status)))))
    .catch(() => {
      loading = undefined
      return undefined
    })
  return loading
}

async function search() {
  const asked = input.value
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean)
  if (asked.trim().length < LEAST_LETTERS) return hide()
  const sections = await load()
  if (asked !== input.value) return
  if (sections === undefined) return show([element('p', 'The search could not be loaded.')])
  const found = sections
    .map((section) => ({ section, score: scoreOf(section, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_FOUND)
  show(
    found.length === 0
      ? [element('p', `Nothing about “${asked.trim()}”.`)]
      : found.map(({ section }) => resultOf(section, words)),
  )
}

/** Every word has to be there; in a title it counts most. */
function scoreOf([url, page, heading, text], words) {
  const places = [
    [page.toLowerCase(), 6],
    [heading.toLowerCase(), 8],
    [url, 3],
    [text.toLowerCase(), 1],
  ]
  let score = 0
  for (const word of words) {
    const here = places.reduce(
      (sum, [place, weight]) => sum + (place.includes(word) ? weight : 0),
      0,
    )
    if (here === 0) return 0
    score += here
  }
  return score
}

function resultOf([url, page, heading, text], words) {
  const link = document.createElement('a')
  link.href = url
  link.append(element('strong', heading), element('small', heading === page ? '' : page))
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - AROUND / 2)
  link.append(element('span', `${at > 0 ? '…' : ''}${text.slice(at, at + AROUND * 2)}`))
  link.addEventListener('click', () => hide())
  return link
}

function element(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

function show(nodes) {
  list.replaceChildren(...nodes)
  list.hidden = false
}

function hide() {
  list.hidden = true
}

if (navigator.clipboard)
  for (const figure of document.querySelectorAll('figure.code')) {
    const button = element('button', 'Copy')
    button.type = 'button'
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(figure.querySelector('code').textContent.trimEnd())
        button.textContent = 'Copied'
      } catch {
        button.textContent = 'Not copied'
      }
      setTimeout(() => (button.textContent = 'Copy'), 2_000)
    })
    figure.append(button)
  }
