//! `data` of `customer.sale.completed`.

use serde::Serialize;
use siohook_events::Timestamp;

use super::common::{Fields, FunnelStep, Named};
use crate::state::{Contact, Course, PlanType, Resource, State};

#[derive(Serialize)]
pub(super) struct Sale<'a> {
    customer: Customer<'a>,
    funnel_step: Option<FunnelStep<'a>>,
    offer_price_plan: PricePlan<'a>,
    order: Order,
    order_item: OrderItem<'a>,
    coupon: Option<Coupon<'a>>,
}

/// The data of one line of an order. `None` if the order does not exist.
pub(super) fn data<'a>(
    state: &'a State,
    contact: &'a Contact,
    order: u64,
    line: u64,
) -> Option<Sale<'a>> {
    let (order, line) = state.order_line(order, line)?;
    let (plan, created_at) = (&line.plan, order.created_at);
    let resources = plan.resources.iter();
    let coupon = order
        .coupon
        .as_ref()
        .and_then(|code| state.coupons.get(code));
    Some(Sale {
        customer: Customer {
            id: contact.customer,
            payment_processor: "stripe",
            contact_id: contact.id,
            email: &contact.email,
            fields: Fields::of(state, contact),
            client_ip: order.client_ip.as_deref(),
        },
        funnel_step: order.step.and_then(|step| FunnelStep::find(state, step)),
        offer_price_plan: PricePlan {
            id: plan.id,
            name: &plan.name,
            inner_name: &plan.inner_name,
            r#type: plan.r#type,
            direct_charge_amount: plan.amount,
            subscription_plan: None,
            currency: &plan.currency,
        },
        order: Order {
            id: order.id,
            created_at,
        },
        order_item: OrderItem {
            id: line.id,
            created_at,
            resources: resources.filter_map(|one| Item::of(state, one)).collect(),
        },
        coupon: coupon.map(|coupon| Coupon {
            code: &coupon.code,
            inner_name: &coupon.inner_name,
        }),
    })
}

#[derive(Serialize)]
struct Customer<'a> {
    id: Option<u64>,
    payment_processor: &'a str,
    contact_id: u64,
    email: &'a str,
    fields: Fields<'a>,
    client_ip: Option<&'a str>,
}

#[derive(Serialize)]
struct PricePlan<'a> {
    id: u64,
    name: &'a str,
    inner_name: &'a str,
    r#type: PlanType,
    direct_charge_amount: u64,
    /// Its shape is not published.
    subscription_plan: Option<()>,
    currency: &'a str,
}

#[derive(Serialize)]
struct Order {
    id: u64,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct OrderItem<'a> {
    id: u64,
    created_at: Timestamp,
    resources: Vec<Item<'a>>,
}

/// The shape of a coupon is not published. This one is ours.
#[derive(Serialize)]
struct Coupon<'a> {
    code: &'a str,
    inner_name: &'a str,
}

/// A resource. The key that belongs to its type is absent, and the others are null.
#[derive(Serialize)]
struct Item<'a> {
    quantity: Option<u32>,
    enrollment_access_type: Option<&'static str>,
    enrollment_dripping_access_course: Option<()>,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    course_bundle: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_product: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<()>,
    data: Content<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Named(Named<'a>),
    Course(CourseData<'a>),
}

#[derive(Serialize)]
pub(super) struct CourseData<'a> {
    id: u64,
    name: &'a str,
    description: Option<&'a str>,
}

impl<'a> CourseData<'a> {
    pub(super) fn of(course: &'a Course) -> Self {
        Self {
            id: course.id,
            name: &course.name,
            description: course.description.as_deref(),
        }
    }
}

impl<'a> Item<'a> {
    /// `None` if the resource was deleted.
    fn of(state: &'a State, resource: &'a Resource) -> Option<Self> {
        let (r#type, access, data) = match resource {
            Resource::Tag { tag } => {
                let tag = state.tags.get(tag)?;
                let named = Named::new(tag.id, &tag.name);
                ("systemeio_tag", None, Content::Named(named))
            }
            Resource::Course {
                course,
                access_type,
            } => {
                let course = CourseData::of(state.courses.get(course)?);
                let access = Some(access_type.as_str());
                ("membership_course", access, Content::Course(course))
            }
            Resource::Bundle {
                bundle,
                access_type,
            } => {
                let bundle = state.bundles.get(bundle)?;
                let named = Named::new(bundle.id, &bundle.name);
                let access = Some(access_type.as_str());
                ("membership_course_bundle", access, Content::Named(named))
            }
            Resource::PhysicalProduct { id, name } => {
                let named = Named::new(*id, name);
                ("physical_product", None, Content::Named(named))
            }
        };
        let null_unless = |own: bool| (!own).then_some(());
        Some(Self {
            quantity: None,
            enrollment_access_type: access,
            enrollment_dripping_access_course: None,
            r#type,
            course: null_unless(matches!(resource, Resource::Course { .. })),
            course_bundle: null_unless(matches!(resource, Resource::Bundle { .. })),
            physical_product: null_unless(matches!(resource, Resource::PhysicalProduct { .. })),
            tag: null_unless(matches!(resource, Resource::Tag { .. })),
            data,
        })
    }
}
