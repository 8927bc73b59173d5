export function PushTab() {
  return null
}
