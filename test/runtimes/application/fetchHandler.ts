import { answer } from './application.ts'

/** The application as a fetch handler. */
export async function handle(request: Request): Promise<Response> {
  const answered = await answer(request.url, request, () => request.text())
  if ('json' in answered) return Response.json(answered.json)
  const { stream, ...init } = answered
  return stream.toResponse(init)
}
