import { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/http'
import type { Change, Journal } from '../journal.ts'
import type { Listener } from '../startServer.ts'

const text = { type: new GraphQLNonNull(GraphQLString) }
const type = new GraphQLObjectType({ name: 'Change', fields: { status: text } })

/** Serves a journal as the GraphQL subscription `changed`, with graphql-sse. */
export function serveByGraphQLSSE(journal: Journal): Listener {
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { status: { ...text, resolve: () => 'paid' } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        changed: {
          type,
          args: { after: { type: GraphQLString } },
          subscribe: (_source, { after = '' }: { after?: string }) => journal.after(after),
          resolve: (change: Change) => change,
        },
      },
    }),
  })
  return createHandler({
    schema,
    authenticate({ headers }) {
      if (headers.get('authorization') === 'Bearer stolen') return [null, { status: 401, statusText: 'Unauthorized' }]
      // Without a token, each operation has a connection of its own.
      return null
    },
  })
}
