import { commitMutation, fetchQuery, graphql, type MutationParameters } from "relay-runtime";
import { accepted, type Session } from "riverfront-client";
import type { relayAttachMutation } from "../generated/relayAttachMutation.graphql.js";
import type { relayDetailsMutation } from "../generated/relayDetailsMutation.graphql.js";
import type { relayFirstLineMutation } from "../generated/relayFirstLineMutation.graphql.js";
import type { relayOutcomeQuery } from "../generated/relayOutcomeQuery.graphql.js";
import type { relayProductsQuery } from "../generated/relayProductsQuery.graphql.js";
import type { relayResumeMutation } from "../generated/relayResumeMutation.graphql.js";
import type { relaySubmitMutation } from "../generated/relaySubmitMutation.graphql.js";
import { connect as setUp } from "../setup/relay.js";
import { agreement, firstProduct, payloadOf, paymentSessionId, type PlacedOrder, type Shop } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  const environment = setUp(url, session);

  function mutate<M extends MutationParameters>(mutation: ReturnType<typeof graphql>, variables: M["variables"]) {
    return new Promise<M["response"]>((resolve, reject) => {
      commitMutation<M>(environment, {
        mutation,
        variables,
        onCompleted: (response, errors) => (errors?.length ? reject({ errors }) : resolve(response)),
        onError: reject,
      });
    });
  }

  return {
    async lookAround() {
      const answer = await fetchQuery<relayProductsQuery>(
        environment,
        graphql`
          query relayProductsQuery {
            storefront {
              publishableKey
            }
            products(first: 20) {
              nodes {
                id
                name
                kind
                isPurchasable
              }
            }
          }
        `,
        {},
      ).toPromise();
      return firstProduct(answer?.storefront?.publishableKey, answer?.products?.nodes);
    },
    async addLine(productId, key, delivery) {
      const document = graphql`
        mutation relayFirstLineMutation($key: UUID!, $productId: ID!, $delivery: SessionDelivery!) {
          addCartLines(input: { idempotencyKey: $key, lines: [{ product: { id: $productId } }], delivery: $delivery }) {
            bearerToken
            cart {
              id
              totalQuantity
            }
            errors {
              code
              message
              path
              retry
            }
          }
        }
      `;
      const variables = { key, productId, delivery };
      accepted((await mutate<relayFirstLineMutation>(document, variables)).addCartLines);
    },
    async giveDetails(address) {
      const document = graphql`
        mutation relayDetailsMutation($address: AddressInput!) {
          prepareCheckout(
            input: {
              billing: { address: $address }
              shipping: { sameAs: BILLING }
              shippingOption: { rule: CHEAPEST }
              termsOfSaleAccepted: true
            }
          ) {
            cart {
              id
              paymentSession {
                id
                nextAction {
                  __typename
                  ... on CollectSourceAction {
                    dropIn {
                      sessionId
                    }
                  }
                }
              }
            }
            errors {
              code
              message
              path
              retry
            }
          }
        }
      `;
      const { cart } = accepted((await mutate<relayDetailsMutation>(document, { address })).prepareCheckout);
      return paymentSessionId(cart?.paymentSession?.nextAction);
    },
    async attachSource(sourceId) {
      const document = graphql`
        mutation relayAttachMutation($sourceId: String!) {
          attachSource(input: { source: { sourceId: $sourceId } }) {
            paymentSession {
              id
              nextAction {
                __typename
                ... on SubmitOrderAction {
                  cartRevision
                  amount {
                    amount
                    currencyCode
                  }
                }
              }
            }
            errors {
              code
              message
              path
              retry
            }
          }
        }
      `;
      const { paymentSession } = accepted((await mutate<relayAttachMutation>(document, { sourceId })).attachSource);
      return agreement(paymentSession?.nextAction);
    },
    orders: {
      async submit(input) {
        const document = graphql`
          mutation relaySubmitMutation($input: SubmitOrderInput!) {
            submitOrder(input: $input) {
              result {
                __typename
                message
                shopperMessage
                ... on OrderPlaced {
                  order {
                    number
                  }
                }
                ... on OrderActionRequired {
                  action {
                    ... on RedirectShopperAction {
                      redirectUrl
                    }
                  }
                }
                ... on OrderInDoubt {
                  checkAfter
                }
              }
              errors {
                code
                message
                path
                retry
              }
            }
          }
        `;
        return payloadOf((await mutate<relaySubmitMutation>(document, { input })).submitOrder);
      },
      async resume(key) {
        const document = graphql`
          mutation relayResumeMutation($key: UUID!) {
            resumeOrder(input: { idempotencyKey: $key }) {
              result {
                __typename
                message
                shopperMessage
                ... on OrderPlaced {
                  order {
                    number
                  }
                }
              }
              errors {
                code
                message
                path
                retry
              }
            }
          }
        `;
        return payloadOf((await mutate<relayResumeMutation>(document, { key })).resumeOrder);
      },
      async read(key) {
        const answer = await fetchQuery<relayOutcomeQuery>(
          environment,
          graphql`
            query relayOutcomeQuery($key: UUID!) {
              orderSubmission(idempotencyKey: $key) {
                status
                result {
                  __typename
                  message
                  shopperMessage
                  ... on OrderPlaced {
                    order {
                      number
                    }
                  }
                }
              }
            }
          `,
          { key },
        ).toPromise();
        return answer?.orderSubmission as { status: string; result: PlacedOrder | null } | null;
      },
    },
  };
}
