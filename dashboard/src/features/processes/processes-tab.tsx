export function ProcessesTab() {
  return null
}
