export default function NotFound() {
  return (
    <>
      <h1>There is nothing here</h1>
      <p>
        <a href="/">Back to the start</a>
      </p>
    </>
  )
}
