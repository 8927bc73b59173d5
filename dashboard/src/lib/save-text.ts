/** Offers a text as a file to keep. */
export function saveText(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it by the next turn; held longer it would be held as long as the page.
  setTimeout(() => URL.revokeObjectURL(url), 1_000)
}
