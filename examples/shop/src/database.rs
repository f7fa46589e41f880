//! The lines of orders: granted, mailed, revoked; and who is enrolled in what.

use std::path::Path;

use anyhow::Result;
use siohook::account::SaleNew;
use siohook::automation::CourseEnrolled;
use siohook::ids::OrderItemId;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

#[derive(Clone)]
pub struct Database(pub SqlitePool);

impl Database {
    pub async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true);
        let pool = SqlitePool::connect_with(options).await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self(pool))
    }

    /// Grants a line, unless it was granted before.
    pub async fn grant(&self, sale: &SaleNew) -> Result<()> {
        let order = i64::try_from(sale.order.id)?;
        let mut transaction = self.0.begin().await?;
        sqlx::query("INSERT INTO orders VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(order)
            .bind(i64::try_from(sale.customer.contact_id)?)
            .bind(&sale.customer.email)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO grants (id, order_id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(i64::try_from(sale.order_item.id)?)
            .bind(order)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns whether a granted line still needs its mail.
    pub async fn lacks_mail(&self, line: OrderItemId) -> Result<bool> {
        let sql = "SELECT mailed_at IS NULL AND revoked_at IS NULL FROM grants WHERE id = ?";
        let lacks = sqlx::query_scalar(sql).bind(i64::try_from(line)?);
        Ok(lacks.fetch_one(&self.0).await?)
    }

    pub async fn mailed(&self, line: OrderItemId) -> Result<bool> {
        let sql = "UPDATE grants SET mailed_at = datetime() WHERE id = ?";
        self.update(sql, line).await
    }

    pub async fn revoke(&self, line: OrderItemId) -> Result<bool> {
        let sql = "UPDATE grants SET revoked_at = ifnull(revoked_at, datetime()) WHERE id = ?";
        self.update(sql, line).await
    }

    pub async fn enrol(&self, event: &CourseEnrolled) -> Result<()> {
        let sql =
            "INSERT INTO enrolments (contact_id, course_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
        sqlx::query(sql)
            .bind(i64::try_from(event.contact.id)?)
            .bind(i64::try_from(event.course.id)?)
            .execute(&self.0)
            .await?;
        Ok(())
    }

    /// Updates a line. Returns whether it was granted.
    async fn update(&self, sql: &'static str, line: OrderItemId) -> Result<bool> {
        let update = sqlx::query(sql).bind(i64::try_from(line)?);
        Ok(update.execute(&self.0).await?.rows_affected() > 0)
    }

    /// Checks that the database answers.
    pub async fn check(&self) -> sqlx::Result<()> {
        let any = sqlx::query("SELECT * FROM grants LIMIT 1");
        any.fetch_optional(&self.0).await.map(drop)
    }
}
