export function EnvTab() {
  return null
}
