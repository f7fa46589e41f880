//! The body of `SALE_NEW` and `SALE_CANCELED`.

use serde::Serialize;
use siohook_events::Timestamp;

use super::common::{Fields, FunnelStep, Named};
use crate::state::{self, Contact, Discount, Interval, PlanType, RecurringOptions, State};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sale<'a> {
    customer: Customer<'a>,
    coupon: Option<Coupon<'a>>,
    funnel_step: Option<FunnelStep<'a>>,
    checkout_page: Option<()>,
    order: Order,
    order_item: OrderItem<'a>,
    price_plan: PricePlan<'a>,
}

/// The body of one line of an order. `None` if the order does not exist.
pub(super) fn body<'a>(
    state: &'a State,
    contact: &'a Contact,
    order: u64,
    line: u64,
) -> Option<Sale<'a>> {
    let (order, line) = state.order_line(order, line)?;
    let coupon = order.coupon.as_ref();
    let resources = line.plan.resources.iter();
    Some(Sale {
        customer: Customer {
            id: contact.customer,
            client_ip: order.client_ip.as_deref(),
            contact_id: contact.id,
            email: &contact.email,
            fields: Fields::of(state, contact),
            payment_processor: "stripe",
            source_url: contact.source_url.as_deref(),
        },
        coupon: coupon
            .and_then(|code| state.coupons.get(code))
            .map(Coupon::of),
        funnel_step: order.step.and_then(|step| FunnelStep::find(state, step)),
        checkout_page: None,
        order: Order {
            id: order.id,
            created_at: order.created_at,
            discount_amount: None,
            discount_type: None,
            shipping_fee: None,
            total_price: order.total,
            vat: 0.0,
        },
        order_item: OrderItem {
            created_at: order.created_at,
            id: line.id,
            resources: resources.map(|one| Resource::of(state, one)).collect(),
        },
        price_plan: PricePlan::of(&line.plan),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    id: Option<u64>,
    client_ip: Option<&'a str>,
    contact_id: u64,
    email: &'a str,
    fields: Fields<'a>,
    payment_processor: &'a str,
    source_url: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Coupon<'a> {
    inner_name: &'a str,
    code: &'a str,
    discount_amount: u64,
    discount_type: &'static str,
    expiration_date: Option<Timestamp>,
    limit_of_use: Option<u32>,
}

impl<'a> Coupon<'a> {
    fn of(coupon: &'a state::Coupon) -> Self {
        let (discount_type, discount_amount) = match coupon.discount {
            Discount::Fixed(amount) => ("fixed", amount),
            Discount::Percent(percent) => ("percent", percent),
        };
        Self {
            inner_name: &coupon.inner_name,
            code: &coupon.code,
            discount_amount,
            discount_type,
            expiration_date: coupon.expiration_date,
            limit_of_use: coupon.limit_of_use,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: u64,
    created_at: Timestamp,
    discount_amount: Option<u64>,
    discount_type: Option<&'static str>,
    shipping_fee: Option<u64>,
    total_price: u64,
    vat: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderItem<'a> {
    created_at: Timestamp,
    id: u64,
    resources: Vec<Resource<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    course: Option<Named<'a>>,
    course_bundle: Option<Named<'a>>,
    enrollment_access_type: Option<&'static str>,
    enrollment_dripping_access_course: Option<()>,
    physical_product: Option<PhysicalProduct<'a>>,
    tag: Option<Named<'a>>,
}

impl<'a> Resource<'a> {
    fn of(state: &'a State, resource: &'a state::Resource) -> Self {
        match resource {
            state::Resource::Tag { tag } => Self {
                tag: state.tags.get(tag).map(|one| Named::new(one.id, &one.name)),
                ..Self::default()
            },
            state::Resource::Course {
                course,
                access_type,
            } => {
                let course = state.courses.get(course);
                Self {
                    course: course.map(|one| Named::new(one.id, &one.name)),
                    enrollment_access_type: Some(access_type.as_str()),
                    ..Self::default()
                }
            }
            state::Resource::Bundle {
                bundle,
                access_type,
            } => {
                let bundle = state.bundles.get(bundle);
                Self {
                    course_bundle: bundle.map(|one| Named::new(one.id, &one.name)),
                    enrollment_access_type: Some(access_type.as_str()),
                    ..Self::default()
                }
            }
            state::Resource::PhysicalProduct { id, name } => Self {
                physical_product: Some(PhysicalProduct {
                    id: *id,
                    name,
                    options: [],
                }),
                ..Self::default()
            },
        }
    }
}

#[derive(Serialize)]
struct PhysicalProduct<'a> {
    id: u64,
    name: &'a str,
    options: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PricePlan<'a> {
    id: u64,
    name: &'a str,
    r#type: PlanType,
    amount: u64,
    currency: &'a str,
    inner_name: &'a str,
    recurring_options: Option<Rhythm>,
    statement_descriptor: &'a str,
}

impl<'a> PricePlan<'a> {
    fn of(plan: &'a state::PricePlan) -> Self {
        Self {
            id: plan.id,
            name: &plan.name,
            r#type: plan.r#type,
            amount: plan.amount,
            currency: &plan.currency,
            inner_name: &plan.inner_name,
            recurring_options: plan.recurring_options.as_ref().map(Rhythm::of),
            statement_descriptor: &plan.statement_descriptor,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rhythm {
    interval: Interval,
    interval_count: u32,
    trial_period: u32,
    trial_interval: Interval,
    limit_of_payments: Option<u32>,
}

impl Rhythm {
    fn of(options: &RecurringOptions) -> Self {
        Self {
            interval: options.interval,
            interval_count: options.interval_count,
            trial_period: options.trial_period,
            trial_interval: options.trial_interval,
            limit_of_payments: options.limit_of_payments,
        }
    }
}
