export function DeploymentTab() {
  return null
}
